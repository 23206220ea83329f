package dev.onbehalf.pool.internal.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A machine that does so many logins at once as fast as one; more share its time. */
final class LoginLimitTest {
  private static final long ALONE = Duration.ofMillis(5).toNanos();

  /** As many logins as may be are always in flight. */
  private static void logIn(LoginLimit limit, int times, int bears, double slower) {
    for (int i = 0; i < times; i++) {
      int inFlight = limit.logins();
      double shared = Math.max(1, (double) inFlight / bears);
      limit.succeeded((long) (ALONE * slower * shared), inFlight);
    }
  }

  /** The most that were allowed meanwhile: not what is allowed for a measurement. */
  private static int atMost(LoginLimit limit, int times, int bears, double slower) {
    int most = 0;
    for (int i = 0; i < times; i++) {
      logIn(limit, 1, bears, slower);
      most = Math.max(most, limit.logins());
    }
    return most;
  }

  @Test
  void where_logins_share_two_processors_fewer_are_in_flight() {
    LoginLimit limit = new LoginLimit(64);
    logIn(limit, 800, 2, 1);
    assertThat(limit.logins()).isBetween(2, 6);
    for (int i = 0; i < 5000; i++) {
      logIn(limit, 1, 2, 1);
      assertThat(limit.logins()).isBetween(2, 6);
    }
  }

  @Test
  void where_the_machine_bears_them_all_are_in_flight() {
    LoginLimit limit = new LoginLimit(8);
    logIn(limit, 600, 8, 1);
    assertThat(atMost(limit, 600, 8, 1)).isEqualTo(8);
  }

  @Test
  void before_anything_is_known_all_are_in_flight() {
    LoginLimit limit = new LoginLimit(8);
    logIn(limit, 20, 2, 1);
    assertThat(limit.logins()).isEqualTo(8);
  }

  @Test
  void what_slows_down_few_as_much_as_many_is_no_reason_for_fewer() {
    LoginLimit limit = new LoginLimit(8);
    logIn(limit, 600, 8, 20);
    assertThat(atMost(limit, 1200, 8, 20)).isEqualTo(8);
  }

  @Test
  void when_others_begin_to_need_the_machine_it_takes_a_moment_to_see_who_is_in_whose_way() {
    LoginLimit limit = new LoginLimit(8);
    logIn(limit, 600, 8, 1);
    logIn(limit, 200, 8, 20);
    assertThat(atMost(limit, 50, 8, 20)).isEqualTo(8);
  }

  @Test
  void from_time_to_time_only_a_few_are_made_to_measure_anew() {
    LoginLimit limit = new LoginLimit(8);
    logIn(limit, 600, 8, 1);
    int few = 0;
    for (int i = 0; i < 5_080; i++) {
      logIn(limit, 1, 8, 1);
      few += limit.logins() == 2 ? 1 : 0;
    }
    assertThat(few).isEqualTo(10 * 8);
  }

  @Test
  void logins_that_come_one_by_one_tell_nothing_of_many() {
    LoginLimit limit = new LoginLimit(8);
    logIn(limit, 600, 8, 1);
    for (int i = 0; i < 100; i++) {
      limit.succeeded(i % 2 == 0 ? ALONE : 20 * ALONE, 1);
    }
    assertThat(atMost(limit, 20, 8, 1)).isEqualTo(8);
  }

  @Test
  void one_login_is_always_possible() {
    LoginLimit limit = new LoginLimit(1);
    for (int i = 0; i < 2_000; i++) {
      logIn(limit, 1, 1, 50);
      assertThat(limit.logins()).isEqualTo(1);
    }
  }
}
