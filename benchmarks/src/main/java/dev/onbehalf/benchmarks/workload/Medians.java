package dev.onbehalf.benchmarks.workload;

import java.util.ArrayList;
import java.util.List;

/** Medians over repeats. */
final class Medians {
  private Medians() {}

  /** The middle one, or the mean of the two in the middle; not a number if there are none. */
  static double of(List<Double> values) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /**
   * The median of the ratios within each repeat. A machine that is shared changes its speed from
   * minute to minute; what ran side by side met the same speed.
   */
  static double ofRatios(List<Double> values, List<Double> others) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(values.size(), others.size()); i++) {
      ratios.add(values.get(i) / others.get(i));
    }
    return of(ratios);
  }
}
