package dev.onbehalf.benchmarks.workload;

import dev.onbehalf.benchmarks.micro.BorrowBenchmark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Borrow and close without a database, measured by JMH: how many nanoseconds one took and how many
 * bytes it left behind, for each peer and each number of threads, the median of every round's
 * iterations.
 */
final class HotPath {
  static final List<Integer> THREADS = List.of(1, 2, 8);

  private static final String BYTES = "gc.alloc.rate.norm";

  private final Map<String, Map<Integer, List<Double>>> nanos = new TreeMap<>();
  private final Map<String, Map<Integer, List<Double>>> bytes = new TreeMap<>();

  /** In a short run the slow peers are measured once, what is compared as often as everything. */
  static HotPath measure(Effort effort) throws RunnerException {
    HotPath all = new HotPath();
    for (int round = 0; round < effort.rounds; round++) {
      for (int threads : THREADS) {
        if (effort == Effort.LONG || round == 0) {
          all.measure(threads, effort, 3, BorrowBenchmark.DBCP, BorrowBenchmark.C3P0);
        }
        all.measure(
            threads,
            effort,
            8,
            BorrowBenchmark.ONE_USER,
            BorrowBenchmark.LOOKED_UP,
            BorrowBenchmark.HIKARI);
        all.measure(threads, effort, 12, BorrowBenchmark.MANY_USERS); // they compile for longer
      }
    }
    return all;
  }

  private void measure(int threads, Effort effort, int warmUps, String... peers)
      throws RunnerException {
    for (RunResult result : new Runner(options(threads, effort, warmUps, peers)).run()) {
      String peer = result.getParams().getParam("peer");
      of(nanos, peer, threads).add(result.getPrimaryResult().getStatistics().getPercentile(50));
      of(bytes, peer, threads)
          .add(Objects.requireNonNull(result.getSecondaryResults().get(BYTES)).getScore());
    }
  }

  Iterable<String> peers() {
    return nanos.keySet();
  }

  double nanos(String peer, int threads) {
    return Medians.of(of(nanos, peer, threads));
  }

  /** Bytes of each round. */
  List<Double> bytes(String peer, int threads) {
    return of(bytes, peer, threads);
  }

  /** How many times as long one peer took as another, in each round. */
  List<Double> ratios(String peer, String other, int threads) {
    return Medians.ratios(of(nanos, peer, threads), of(nanos, other, threads));
  }

  private static List<Double> of(
      Map<String, Map<Integer, List<Double>>> figures, String peer, int threads) {
    return figures
        .computeIfAbsent(peer, p -> new TreeMap<>())
        .computeIfAbsent(threads, t -> new ArrayList<>());
  }

  private static Options options(int threads, Effort effort, int warmUps, String... peers) {
    return new OptionsBuilder()
        .include(BorrowBenchmark.class.getName())
        .param("peer", peers)
        .threads(threads)
        .forks(1)
        .warmupIterations(threads > 2 ? 2 * warmUps : warmUps) // they leave compilers little time
        .measurementIterations(effort == Effort.LONG ? 5 : 3)
        .warmupTime(TimeValue.milliseconds(effort.iteration))
        .measurementTime(TimeValue.milliseconds(effort.iteration))
        .addProfiler(GCProfiler.class)
        .verbosity(VerboseMode.SILENT)
        .build();
  }
}
