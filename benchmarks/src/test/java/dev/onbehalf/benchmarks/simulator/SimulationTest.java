package dev.onbehalf.benchmarks.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The simulator itself, on sequences short enough to work out by hand. */
class SimulationTest {

  private static Trace trace(int... users) {
    return new Trace("by hand", 10, users, 0);
  }

  @Test
  void lruForgetsWhoWasAwayLongest() {
    double hits = new Simulation(new Policies.LeastRecentlyUsed(), 2).hitRate(trace(1, 2, 1, 3, 2));

    assertThat(hits).isEqualTo(1 / 5.0);
  }

  @Test
  void theOptimumKeepsWhoComesBackFirst() {
    assertThat(Bounds.optimum(trace(1, 2, 3, 1, 2, 3, 1), 2)).isEqualTo(2 / 7.0, within(1e-9));
  }

  @Test
  void theBestStaticChoiceKeepsTheBusiest() {
    assertThat(Bounds.bestStatic(trace(1, 1, 1, 2, 2, 3), 2)).isEqualTo(5 / 6.0, within(1e-9));
  }

  @Test
  void aConnectionInUseServesNobodyElse() {
    Simulation simulation = new Simulation(new Policies.LeastRecentlyUsed(), 4, 2, 3);

    assertThat(simulation.play(new int[] {1, 1, 1})).containsExactly(false, false, true);
  }

  @Test
  void aUserAtTheirMaximumWaitsForAConnectionOfTheirOwn() {
    Simulation simulation = new Simulation(new Policies.LeastRecentlyUsed(), 4, 3, 1);

    assertThat(simulation.play(new int[] {1, 1, 1})).containsExactly(false, true, true);
  }

  @Test
  void theShareOfTheMostPopularIsWhatADrawnTraceShows() {
    Trace trace = Simulator.zipf(0.99, 2_000);

    assertThat(Bounds.bestStatic(trace, 50))
        .isEqualTo(new Zipf(2_000, 0.99).share(50), within(0.005));
  }
}
