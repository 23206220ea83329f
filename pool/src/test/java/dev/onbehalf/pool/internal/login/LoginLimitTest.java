package dev.onbehalf.pool.internal.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server that does so many logins at once as fast as one; more share its time. As many callers as
 * are allowed wait all the time, and what is in flight goes on when fewer are allowed.
 */
final class LoginLimitTest {
  private static final double ALONE = Duration.ofMillis(5).toNanos();

  /** When each of those in flight began; all are equally far. */
  private final Queue<Double> inFlight = new ArrayDeque<>();

  private double now;

  /** Lets so many succeed; returns how many were allowed at each. */
  private List<Integer> logIn(LoginLimit limit, int times, int bears, double slower) {
    List<Integer> allowed = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      while (inFlight.size() < Math.min(limit.logins(), 1_000)) {
        inFlight.add(now);
      }
      now += ALONE * slower / Math.min(inFlight.size(), bears);
      int together = inFlight.size();
      limit.succeeded((long) (now - inFlight.remove()), together);
      allowed.add(limit.logins());
    }
    return allowed;
  }

  /** How many are allowed most of the time: not for a measurement. */
  private static int usually(List<Integer> allowed) {
    return allowed.stream().sorted().toList().get(allowed.size() / 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 64, 256})
  void where_logins_share_two_processors_fewer_are_in_flight(int most) {
    LoginLimit limit = new LoginLimit(most);
    logIn(limit, 40 * most, 2, 1);
    assertThat(usually(logIn(limit, 5_000, 2, 1))).isBetween(3, 7);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 64})
  void where_the_machine_bears_them_all_are_in_flight(int most) {
    LoginLimit limit = new LoginLimit(most);
    List<Integer> allowed = logIn(limit, 1_000 * most, most, 1);
    assertThat(usually(allowed)).isEqualTo(most);
    double measured = (double) allowed.stream().filter(it -> it < most).count() / allowed.size();
    assertThat(measured).as("the share of logins that only measure").isLessThan(0.03);
  }

  @Test
  void before_anything_is_known_all_are_in_flight() {
    assertThat(logIn(new LoginLimit(8), 20, 2, 1)).containsOnly(8);
  }

  @Test
  void what_slows_down_few_as_much_as_many_is_no_reason_for_fewer() {
    LoginLimit limit = new LoginLimit(8);
    assertThat(usually(logIn(limit, 2_000, 8, 20))).isEqualTo(8);
  }

  @Test
  void when_others_begin_to_need_the_machine_it_takes_a_moment_to_see_who_is_in_whose_way() {
    LoginLimit limit = new LoginLimit(8);
    logIn(limit, 600, 8, 1);
    logIn(limit, 200, 8, 20);
    assertThat(usually(logIn(limit, 2_000, 8, 20))).isEqualTo(8);
  }

  @Test
  void what_was_slow_at_first_is_forgotten_at_the_next_measurement() {
    LoginLimit limit = new LoginLimit(8);
    logIn(limit, 60, 2, 50);
    logIn(limit, 1_200, 2, 1);
    assertThat(usually(logIn(limit, 1_000, 2, 1))).isLessThan(8);
  }

  @Test
  void a_measurement_that_would_take_too_long_ends() {
    LoginLimit limit = new LoginLimit(8);
    while (limit.logins() == 8) {
      logIn(limit, 1, 8, 1);
    }
    assertThat(limit.logins()).isEqualTo(2);
    limit.stopMeasuring();
    assertThat(limit.logins()).isEqualTo(8);
  }

  @Test
  void logins_that_come_one_by_one_tell_nothing_of_many() {
    LoginLimit limit = new LoginLimit(8);
    logIn(limit, 600, 8, 1);
    for (int i = 0; i < 100; i++) {
      limit.succeeded((long) (i % 2 == 0 ? ALONE : 20 * ALONE), 1);
    }
    assertThat(logIn(limit, 40, 8, 1)).containsOnly(8);
  }

  @Test
  void who_sets_no_limit_has_none_and_pays_for_no_measurement() {
    LoginLimit limit = new LoginLimit(Integer.MAX_VALUE);
    IntStream.range(0, 100_000).forEach(i -> limit.succeeded((long) ALONE, 50));
    assertThat(limit.logins()).isEqualTo(Integer.MAX_VALUE);
  }
}
