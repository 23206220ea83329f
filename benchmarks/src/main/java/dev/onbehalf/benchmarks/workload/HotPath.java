package dev.onbehalf.benchmarks.workload;

import dev.onbehalf.benchmarks.micro.BorrowBenchmark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Borrow and close without a database, measured by JMH: how many nanoseconds one took, for each
 * peer and each number of threads, the median of every round's iterations.
 */
final class HotPath {
  static final List<Integer> THREADS = List.of(1, 2, 8);

  private final Map<String, Map<Integer, List<Double>>> rounds = new TreeMap<>();

  /** In a short run the slow peers are measured once, and only what is compared twice. */
  static HotPath measure(boolean isLong) throws RunnerException {
    HotPath all = new HotPath();
    for (int round = 0; round < (isLong ? 5 : 2); round++) {
      for (int threads : THREADS) {
        if (isLong || round == 0) {
          all.measure(threads, isLong, 2, BorrowBenchmark.DBCP, BorrowBenchmark.C3P0);
        }
        all.measure(threads, isLong, 3, BorrowBenchmark.ONE_USER, BorrowBenchmark.HIKARI);
        all.measure(threads, isLong, 6, BorrowBenchmark.MANY_USERS); // they compile for longer
      }
    }
    return all;
  }

  private void measure(int threads, boolean isLong, int warmUps, String... peers)
      throws RunnerException {
    for (RunResult result : new Runner(options(threads, isLong, warmUps, peers)).run()) {
      add(
          result.getParams().getParam("peer"),
          threads,
          result.getPrimaryResult().getStatistics().getPercentile(50));
    }
  }

  private void add(String peer, int threads, double nanos) {
    rounds
        .computeIfAbsent(peer, p -> new TreeMap<>())
        .computeIfAbsent(threads, t -> new ArrayList<>())
        .add(nanos);
  }

  Iterable<String> peers() {
    return rounds.keySet();
  }

  double nanos(String peer, int threads) {
    return Medians.of(of(peer, threads));
  }

  /** How many times as long one peer took as another, in the same round. */
  double ratio(String peer, String other, int threads) {
    return Medians.ofRatios(of(peer, threads), of(other, threads));
  }

  private List<Double> of(String peer, int threads) {
    return rounds.getOrDefault(peer, Map.of()).getOrDefault(threads, List.of());
  }

  private static Options options(int threads, boolean isLong, int warmUps, String... peers) {
    return new OptionsBuilder()
        .include(BorrowBenchmark.class.getName())
        .param("peer", peers)
        .threads(threads)
        .forks(1)
        .warmupIterations(isLong ? Math.max(5, warmUps) : warmUps)
        .measurementIterations(isLong ? 5 : 3)
        .warmupTime(TimeValue.milliseconds(isLong ? 1_000 : 400))
        .measurementTime(TimeValue.milliseconds(isLong ? 1_000 : 250))
        .verbosity(VerboseMode.SILENT)
        .build();
  }
}
