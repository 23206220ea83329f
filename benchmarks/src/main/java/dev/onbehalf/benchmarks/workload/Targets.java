package dev.onbehalf.benchmarks.workload;

import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** What the pool is asked to reach, and what it did: the median of the repeats decides. */
final class Targets {
  private final StringBuilder rows = new StringBuilder();

  void atLeast(String what, double limit, List<Double> ratios) {
    double reached = Medians.of(ratios);
    row(what, "≥ ", limit, ratios, reached >= limit);
  }

  void atMost(String what, double limit, List<Double> ratios) {
    double reached = Medians.of(ratios);
    row(what, "≤ ", limit, ratios, reached <= limit);
  }

  private void row(String what, String sign, double limit, List<Double> ratios, boolean held) {
    if (!ratios.isEmpty()) {
      rows.append(
          String.format(
              Locale.ROOT,
              "| %s | %s%.2f | %s | %s |\n",
              what,
              sign,
              limit,
              reached(limit, ratios, held),
              held && Double.isFinite(Medians.of(ratios)) ? "yes" : "**no**"));
    }
  }

  /** With a third digit where two would read like a target that is held. */
  private static String reached(double limit, List<Double> ratios, boolean held) {
    double median = Medians.of(ratios);
    boolean looksHeld = !held && Math.round(median * 100) == Math.round(limit * 100);
    return spread(ratios, looksHeld ? "%.3f" : "%.2f");
  }

  /** The median, and from the least to the most where there are several. */
  static String spread(List<Double> ratios) {
    return spread(ratios, "%.2f");
  }

  private static String spread(List<Double> ratios, String digits) {
    double median = Medians.of(ratios);
    if (!Double.isFinite(median)) {
      return "";
    }
    if (ratios.size() == 1) {
      return String.format(Locale.ROOT, digits, median);
    }
    return String.format(
        Locale.ROOT,
        digits + " (" + digits + " to " + digits + ")",
        median,
        Collections.min(ratios),
        Collections.max(ratios));
  }

  @Override
  public String toString() {
    return "| Onbehalf | asked | reached (least to most of the repeats) | held |\n"
        + "| --- | --: | --: | --- |\n"
        + rows;
  }
}
