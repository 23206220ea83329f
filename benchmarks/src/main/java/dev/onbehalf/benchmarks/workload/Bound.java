package dev.onbehalf.benchmarks.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What somebody could serve at most who knows how often everybody asks: the most frequent keep
 * their connections, for all others somebody logs in. All was measured in the same repeats.
 *
 * @param hitRate the share of requests that the most frequent make
 * @param logins a login for each request
 * @param warm a login for none; the last one stands for those that are missing
 * @param ours what the pool made of it
 */
record Bound(double hitRate, List<Result> logins, List<Result> warm, List<Result> ours) {

  /** Requests a second at most, in each repeat. */
  List<Double> perSecond() {
    List<Double> bounds = new ArrayList<>();
    for (int i = 0; i < logins.size(); i++) {
      Result hot = warm.get(Math.min(i, warm.size() - 1));
      double cold = (1 - hitRate) / logins.get(i).perSecond();
      bounds.add(1 / (cold + hitRate / hot.perSecond()));
    }
    return bounds;
  }

  /** Which share of it the pool reached, in each repeat. */
  List<Double> reached() {
    return reached(Result::perSecond);
  }

  /** Which share of it the pool reached when it had just started. */
  List<Double> reachedAtStart() {
    return reached(Result::atStart);
  }

  private List<Double> reached(ToDoubleFunction<Result> figure) {
    return Medians.ratios(ours.stream().map(figure::applyAsDouble).toList(), perSecond());
  }
}
