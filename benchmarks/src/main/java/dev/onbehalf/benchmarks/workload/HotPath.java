package dev.onbehalf.benchmarks.workload;

import dev.onbehalf.benchmarks.micro.BorrowBenchmark;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.ListStatistics;
import org.openjdk.jmh.util.Statistics;

/**
 * Borrow and close without a database, measured by JMH.
 *
 * @param peer who
 * @param threads how many threads did it at once
 * @param nanos how long one takes; the median of all iterations of all rounds
 */
record HotPath(String peer, int threads, double nanos) {

  static List<HotPath> measure(boolean isLong) throws RunnerException {
    Map<HotPath, Statistics> all = new LinkedHashMap<>();
    for (int round = 0; round < (isLong ? 5 : 2); round++) {
      for (int threads : new int[] {1, 2, 8}) {
        for (RunResult result : new Runner(options(threads, isLong)).run()) {
          String peer = result.getParams().getParam("peer");
          all.merge(
              new HotPath(peer, threads, 0),
              result.getPrimaryResult().getStatistics(),
              HotPath::together);
        }
      }
    }
    List<HotPath> medians = new ArrayList<>();
    all.forEach(
        (key, values) -> medians.add(new HotPath(key.peer, key.threads, values.getPercentile(50))));
    return medians;
  }

  private static Options options(int threads, boolean isLong) {
    return new OptionsBuilder()
        .include(BorrowBenchmark.class.getName())
        .threads(threads)
        .forks(1)
        .warmupIterations(isLong ? 5 : 3)
        .measurementIterations(isLong ? 5 : 3)
        .warmupTime(TimeValue.milliseconds(isLong ? 1_000 : 300))
        .measurementTime(TimeValue.milliseconds(isLong ? 1_000 : 300))
        .verbosity(VerboseMode.SILENT)
        .build();
  }

  private static Statistics together(Statistics one, Statistics other) {
    ListStatistics both = new ListStatistics();
    for (Statistics each : List.of(one, other)) {
      each.getRawData()
          .forEachRemaining(
              entry -> {
                for (long i = 0; i < entry.getValue(); i++) {
                  both.addValue(entry.getKey());
                }
              });
    }
    return both;
  }
}
