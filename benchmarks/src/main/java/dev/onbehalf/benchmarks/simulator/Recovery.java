package dev.onbehalf.benchmarks.simulator;

import java.util.Arrays;

/**
 * How the hit rate comes back after the workload has changed at once, over several seeds.
 *
 * @param requests of each seed, the requests from the change until a window of 1,000 has at least
 *     0.97 of the steady hit rate
 * @param course the mean hit rate of each 1,000 requests after the change, as a share of the steady
 *     one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record Recovery(int[] requests, double[] course) {
  private static final int WINDOW = 1_000;
  private static final double RECOVERED = 0.97;
  private static final int USERS = 2_000;
  private static final int BEFORE = 200_000;
  private static final int AFTER = 200_000;

  /** What happens after 200,000 requests. */
  enum Change {
    OTHER_FAVOURITES("other users are popular (Zipf 0.99)"),
    SCAN("a scan over all users has passed (Zipf 0.99)"),
    VISITORS_INSTEAD("visitors instead of Zipf 0.99"),
    ZIPF_INSTEAD("Zipf 0.99 instead of visitors");

    final String title;

    Change(String title) {
      this.title = title;
    }

    private int[] before(long seed) {
      return switch (this) {
        case OTHER_FAVOURITES, VISITORS_INSTEAD -> zipf(BEFORE, seed);
        case SCAN -> Traces.withScans(zipf(BEFORE, seed), USERS, BEFORE, seed);
        case ZIPF_INSTEAD -> visitors(BEFORE, seed);
      };
    }

    private int[] after(long seed) {
      return switch (this) {
        case OTHER_FAVOURITES, ZIPF_INSTEAD -> zipf(AFTER, seed + 1_000);
        case SCAN -> Arrays.copyOfRange(zipf(BEFORE + AFTER, seed), BEFORE, BEFORE + AFTER);
        case VISITORS_INSTEAD -> visitors(AFTER, seed + 1_000);
      };
    }

    private static int[] zipf(int length, long seed) {
      return Traces.zipf(USERS, 0.99, length, seed);
    }

    private static int[] visitors(int length, long seed) {
      return Traces.visitors(USERS, 40, length, seed);
    }
  }

  static Recovery after(Change change, int seeds) {
    int[] requests = new int[seeds];
    double[] course = new double[AFTER / WINDOW];
    for (int seed = 0; seed < seeds; seed++) {
      int[] before = change.before(seed);
      Simulation simulation =
          new Simulation(new Policies.ReturnRates(Simulator.BUDGET), Simulator.BUDGET);
      simulation.play(before);
      boolean[] hits = simulation.play(change.after(seed));
      double steady = hitRate(hits, AFTER / 2, AFTER);
      requests[seed] = untilRecovered(hits, RECOVERED * steady);
      for (int i = 0; i < course.length; i++) {
        course[i] += hitRate(hits, i * WINDOW, (i + 1) * WINDOW) / steady / seeds;
      }
    }
    return new Recovery(requests, course);
  }

  /** The hit rate in the 2,000 requests around the given one, as a share of the steady one. */
  double shareAt(int request) {
    int i = request / WINDOW;
    return (course[i - 1] + course[i]) / 2;
  }

  private static int untilRecovered(boolean[] hits, double enough) {
    for (int to = WINDOW; to <= hits.length; to++) {
      if (hitRate(hits, to - WINDOW, to) >= enough) {
        return to;
      }
    }
    return Integer.MAX_VALUE;
  }

  private static double hitRate(boolean[] hits, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += hits[i] ? 1 : 0;
    }
    return (double) count / (to - from);
  }
}
