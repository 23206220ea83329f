package dev.onbehalf.benchmarks.workload;

import java.util.Comparator;
import java.util.List;

/**
 * What came out of a run, or of several.
 *
 * @param perSecond requests that succeeded, per second
 * @param atStart the same in the first 15 s, or the whole warm-up if that is shorter; not a number
 *     without a warm-up
 * @param p50 milliseconds that half of them took at most
 * @param p99 milliseconds that 99 of 100 took at most
 * @param failures requests that failed
 * @param timeouts those of them that took as long as one may wait
 * @param wrongUser requests that ran as somebody else
 * @param mostClients the most connections that the server was seen to have
 * @param firstFailure what the first failed one said; empty if none did
 */
record Result(
    double perSecond,
    double atStart,
    double p50,
    double p99,
    long failures,
    long timeouts,
    long wrongUser,
    int mostClients,
    String firstFailure) {

  /** The medians; of what must not happen, all of it. */
  static Result ofRepeats(List<Result> repeats) {
    return new Result(
        Medians.of(repeats.stream().map(Result::perSecond).toList()),
        Medians.of(repeats.stream().map(Result::atStart).toList()),
        Medians.of(repeats.stream().map(Result::p50).toList()),
        Medians.of(repeats.stream().map(Result::p99).toList()),
        repeats.stream().mapToLong(Result::failures).sum(),
        repeats.stream().mapToLong(Result::timeouts).sum(),
        repeats.stream().mapToLong(Result::wrongUser).sum(),
        repeats.stream().mapToInt(Result::mostClients).max().orElse(0),
        repeats.stream().map(Result::firstFailure).max(Comparator.naturalOrder()).orElse(""));
  }
}
