package dev.onbehalf.benchmarks.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** That the sequences are what they say they are. */
class TracesTest {
  private static final int USERS = 2_000;

  private static Sessions sessions(double meanPresent, double think) {
    return new Sessions(USERS, meanPresent, think, new SplittableRandom(1));
  }

  @Test
  void theSameSeedGivesTheSameSequence() {
    assertThat(Traces.drifting(USERS, 0.99, 10, 1_000, 7))
        .isEqualTo(Traces.drifting(USERS, 0.99, 10, 1_000, 7))
        .isNotEqualTo(Traces.drifting(USERS, 0.99, 10, 1_000, 8));
    assertThat(Traces.arrivals(USERS, 80, 1_000, 7))
        .isEqualTo(Traces.arrivals(USERS, 80, 1_000, 7))
        .isNotEqualTo(Traces.arrivals(USERS, 80, 1_000, 8));
  }

  @Test
  void asManyPeopleAskInASecondAsArePresentAndPauseForIt() {
    Sessions sessions = sessions(80, 0.2);
    double start = untilPresent(sessions, 20);

    int requests = 0;
    while (sessions.time() < start + 300) {
      sessions.next();
      requests++;
    }

    assertThat(requests / 300.0).isEqualTo(80 / 0.2, within(0.05 * 80 / 0.2));
  }

  @Test
  void requestsInSessionsComeInTheOrderOfTheirTime() {
    Sessions sessions = sessions(40, 5);

    for (int i = 0; i < 10_000; i++) {
      double before = sessions.time();
      sessions.next();
      assertThat(sessions.time()).isGreaterThanOrEqualTo(before);
    }
  }

  @Test
  void peopleInSessionsLeaveAndOthersCome() {
    int[] requests = Traces.arrivals(1_000_000, 40, 100_000, 1);

    Set<Integer> early = users(requests, 10_000, 12_000);
    Set<Integer> late = users(requests, 90_000, 92_000);

    assertThat(early).hasSizeBetween(40, 200);
    late.retainAll(early);
    assertThat(late.size()).isLessThan(early.size() / 2);
  }

  @Test
  void popularityDriftsAndStaysAsSteepAsItWas() {
    Trace trace = new Trace("drift", USERS, Traces.drifting(USERS, 0.99, 10, 500_000, 1), 0);
    Trace early = new Trace("early", USERS, Arrays.copyOf(trace.requests(), 10_000), 0);
    Trace late =
        new Trace(
            "late",
            USERS,
            Arrays.copyOfRange(trace.requests(), 490_000, trace.requests().length),
            0);

    assertThat(Bounds.bestStatic(late, 50))
        .isEqualTo(Bounds.bestStatic(early, 50), within(0.03))
        .isGreaterThan(1.2 * Bounds.bestStatic(trace, 50));
  }

  @Test
  void someOfThePopularAreReplacedAndNotAllAtOnce() {
    int[] requests = Traces.drifting(USERS, 0.99, 10, 500_000, 1);
    Set<Integer> first = favourites(Arrays.copyOf(requests, 20_000));
    Set<Integer> next = favourites(Arrays.copyOfRange(requests, 20_000, 40_000));
    Set<Integer> last = favourites(Arrays.copyOfRange(requests, 480_000, 500_000));

    next.retainAll(first);
    last.retainAll(first);

    assertThat(next).hasSizeBetween(5, 19);
    assertThat(last.size()).isLessThan(next.size());
  }

  private static double untilPresent(Sessions sessions, double time) {
    while (sessions.time() < time) {
      sessions.next();
    }
    return sessions.time();
  }

  private static Set<Integer> users(int[] requests, int from, int to) {
    Set<Integer> users = new HashSet<>();
    Arrays.stream(requests, from, to).forEach(users::add);
    return users;
  }

  /** The 20 users with the most requests. */
  private static Set<Integer> favourites(int[] requests) {
    int[] counts = new int[USERS];
    Arrays.stream(requests).forEach(user -> counts[user]++);
    int[] sorted = counts.clone();
    Arrays.sort(sorted);
    Set<Integer> favourites = new HashSet<>();
    for (int user = 0; user < USERS; user++) {
      if (counts[user] >= sorted[USERS - 20]) {
        favourites.add(user);
      }
    }
    return favourites;
  }
}
