package dev.onbehalf.benchmarks.workload;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Medians over repeats, and ratios within them. */
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

  /** The one in the middle, by its requests a second. */
  static Result middle(List<Result> results) {
    List<Result> sorted =
        results.stream().sorted(Comparator.comparingDouble(Result::perSecond)).toList();
    return sorted.get(sorted.size() / 2);
  }

  /**
   * The ratios within each repeat. A machine that is shared changes its speed from minute to
   * minute; what ran side by side met the same speed.
   */
  static List<Double> ratios(List<Double> values, List<Double> others) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(values.size(), others.size()); i++) {
      ratios.add(values.get(i) / others.get(i));
    }
    return ratios;
  }

  static List<Double> ratios(
      ToDoubleFunction<Result> figure, List<Result> results, List<Result> others) {
    return ratios(
        results.stream().map(figure::applyAsDouble).toList(),
        others.stream().map(figure::applyAsDouble).toList());
  }
}
