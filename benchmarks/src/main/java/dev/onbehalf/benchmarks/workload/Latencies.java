package dev.onbehalf.benchmarks.workload;

/**
 * Counts durations in classes a fiftieth of an octave wide, so that percentiles are right to 1.5 %.
 */
final class Latencies {
  private static final int PER_OCTAVE = 50;
  private final long[] counts = new long[64 * PER_OCTAVE];
  private long total;

  void add(long nanos) {
    counts[(int) (Math.log((double) Math.max(1, nanos)) / Math.log(2) * PER_OCTAVE)]++;
    total++;
  }

  void addAll(Latencies other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    total += other.total;
  }

  long total() {
    return total;
  }

  /**
   * The duration in milliseconds that this share of all did not exceed; not a number if there are
   * none.
   */
  double percentile(double share) {
    long rank = (long) Math.ceil(share * total);
    long seen = 0;
    for (int i = 0; i < counts.length && total > 0; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return Math.pow(2, (i + 0.5) / PER_OCTAVE) / 1e6;
      }
    }
    return Double.NaN;
  }
}
