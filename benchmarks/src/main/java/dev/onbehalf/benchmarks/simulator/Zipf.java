package dev.onbehalf.benchmarks.simulator;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Draws ranks from 0 with a probability proportional to 1 / (rank + 1)^s. Thread-safe. */
public final class Zipf {
  private final double[] cumulative;

  public Zipf(int ranks, double s) {
    cumulative = new double[ranks];
    double sum = 0;
    for (int i = 0; i < ranks; i++) {
      sum += Math.pow(i + 1, -s);
      cumulative[i] = sum;
    }
  }

  public int next(SplittableRandom random) {
    int found = Arrays.binarySearch(cumulative, random.nextDouble(total()));
    return found >= 0 ? found : -found - 1;
  }

  /** The share of requests that the first ranks make: the hit rate of the best static choice. */
  public double share(int ranks) {
    return cumulative[Math.min(ranks, cumulative.length) - 1] / total();
  }

  private double total() {
    return cumulative[cumulative.length - 1];
  }
}
