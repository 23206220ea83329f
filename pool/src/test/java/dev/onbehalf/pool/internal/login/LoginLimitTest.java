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

  @Test
  void where_logins_share_two_processors_fewer_are_in_flight() {
    LoginLimit limit = new LoginLimit(64);
    limit.succeeded(ALONE, 1);
    logIn(limit, 450, 2, 1);
    assertThat(limit.logins()).isBetween(2, 6);
    logIn(limit, 5000, 2, 1);
    assertThat(limit.logins()).isBetween(2, 6);
  }

  @Test
  void where_the_machine_bears_them_all_are_in_flight() {
    LoginLimit limit = new LoginLimit(8);
    limit.succeeded(ALONE, 1);
    logIn(limit, 400, 8, 1);
    assertThat(limit.logins()).isEqualTo(8);
  }

  @Test
  void a_server_that_was_busy_is_used_again_when_it_is_not() {
    LoginLimit limit = new LoginLimit(8);
    limit.succeeded(ALONE, 1);
    logIn(limit, 200, 8, 20);
    assertThat(limit.logins()).isEqualTo(2);
    logIn(limit, 100, 8, 1);
    assertThat(limit.logins()).isEqualTo(8);
  }

  @Test
  void what_has_become_slow_for_good_is_no_reason_for_ever() {
    LoginLimit limit = new LoginLimit(8);
    limit.succeeded(ALONE, 1);
    logIn(limit, 1000, 8, 10);
    assertThat(limit.logins()).isEqualTo(8);
  }

  @Test
  void logins_that_come_one_by_one_tell_nothing_of_many() {
    LoginLimit limit = new LoginLimit(8);
    for (int i = 0; i < 100; i++) {
      limit.succeeded(i % 2 == 0 ? ALONE : 20 * ALONE, 1);
    }
    assertThat(limit.logins()).isEqualTo(8);
  }

  @Test
  void one_login_is_always_possible() {
    LoginLimit limit = new LoginLimit(1);
    logIn(limit, 100, 1, 50);
    assertThat(limit.logins()).isEqualTo(1);
  }
}
