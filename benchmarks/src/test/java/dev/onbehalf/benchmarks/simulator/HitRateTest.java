package dev.onbehalf.benchmarks.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the eviction policy has to hold. Simulated with fixed seeds: same figures everywhere. */
@Tag("long")
class HitRateTest {
  private static final int BUDGET = Simulator.BUDGET;

  private static double ours(Trace trace) {
    return new Simulation(new Policies.ReturnRates(BUDGET), BUDGET).hitRate(trace);
  }

  private static double lru(Trace trace) {
    return new Simulation(new Policies.LeastRecentlyUsed(), BUDGET).hitRate(trace);
  }

  @ParameterizedTest
  @CsvSource({
    "0.8, 200", "0.8, 2000", "0.8, 10000",
    "0.99, 200", "0.99, 2000", "0.99, 10000",
    "1.2, 200", "1.2, 2000", "1.2, 10000"
  })
  void whereTheSamePeopleAreAlwaysTheBusiestItIsNearTheBestStaticChoice(double s, int users) {
    Trace trace = Simulator.zipf(s, users);

    assertThat(ours(trace)).isGreaterThanOrEqualTo(0.98 * Bounds.bestStatic(trace, BUDGET));
  }

  @ParameterizedTest
  @CsvSource({"2000, 40", "2000, 80", "1000000, 40"})
  void whereVisitorsComeAndLeaveItIsNearLru(int users, int present) {
    Trace trace = Simulator.visitors(users, present);

    assertThat(ours(trace)).isGreaterThanOrEqualTo(0.98 * lru(trace));
  }

  @ParameterizedTest
  @CsvSource({"10000, 35", "10000, 80", "1000000, 40", "1000000, 80"})
  void whereVisitorsArriveByTheClockItIsNearLru(int users, int meanPresent) {
    Trace trace = Simulator.arrivals(users, meanPresent);

    assertThat(ours(trace)).isGreaterThanOrEqualTo(0.98 * lru(trace));
  }

  @ParameterizedTest
  @CsvSource({"2000, 100", "2000, 10", "10000, 10"})
  void wherePopularityDriftsItIsNearKnowingWhoIsPopularNow(int users, int every) {
    Trace trace = Simulator.drifting(users, every);

    assertThat(ours(trace))
        .isGreaterThanOrEqualTo(0.95 * new Zipf(users, 0.99).share(BUDGET))
        .isGreaterThan(1.3 * lru(trace));
  }

  @Test
  void afterOthersBecomePopularItRecoversWithinTenThousandRequests() {
    Recovery recovery = Recovery.after(Recovery.Change.OTHER_FAVOURITES, 4);

    assertThat(Arrays.stream(recovery.requests()).max().orElseThrow()).isLessThanOrEqualTo(10_000);
    assertThat(recovery.shareAt(10_000)).isGreaterThan(0.95);
  }

  @Test
  void whenVisitorsReplaceRegularsItRecoversWithinTenThousandRequests() {
    Recovery recovery = Recovery.after(Recovery.Change.VISITORS_INSTEAD, 2);

    assertThat(Arrays.stream(recovery.requests()).max().orElseThrow()).isLessThanOrEqualTo(10_000);
  }

  @Test
  void aScanOverAllUsersDoesNoLastingHarm() {
    Recovery recovery = Recovery.after(Recovery.Change.SCAN, 2);

    assertThat(Arrays.stream(recovery.requests()).max().orElseThrow()).isLessThanOrEqualTo(2_000);
    assertThat(Arrays.stream(recovery.course()).limit(5).average().orElseThrow())
        .isGreaterThan(0.97);
  }

  @Test
  void withSixteenRequestsInProgressItIsStillBetterThanLruAndThanCounting() {
    Trace regulars = Simulator.zipf(0.99, 2_000);
    Trace visitors = Simulator.visitors(2_000, 40);

    assertThat(concurrent(regulars, new Policies.ReturnRates(BUDGET)))
        .isGreaterThan(concurrent(regulars, new Policies.AgedCounts(2_000, 20_000)));
    assertThat(concurrent(visitors, new Policies.ReturnRates(BUDGET)))
        .isGreaterThan(concurrent(visitors, new Policies.LeastRecentlyUsed()));
  }

  private static double concurrent(Trace trace, Policy policy) {
    return new Simulation(policy, BUDGET, 16, 3).hitRate(trace);
  }
}
