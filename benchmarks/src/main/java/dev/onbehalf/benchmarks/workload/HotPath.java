package dev.onbehalf.benchmarks.workload;

import dev.onbehalf.benchmarks.micro.BorrowBenchmark;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Borrow and close without a database, measured by JMH.
 *
 * @param peer who
 * @param threads how many threads did it at once
 * @param nanos how long one takes
 */
record HotPath(String peer, int threads, double nanos) {

  static List<HotPath> measure(boolean isLong) throws RunnerException {
    List<HotPath> figures = new ArrayList<>();
    for (int threads : new int[] {1, 2, 8}) {
      Options options =
          new OptionsBuilder()
              .include(BorrowBenchmark.class.getName())
              .threads(threads)
              .forks(isLong ? 3 : 1)
              .warmupIterations(isLong ? 5 : 2)
              .measurementIterations(isLong ? 5 : 2)
              .warmupTime(TimeValue.milliseconds(500))
              .measurementTime(TimeValue.milliseconds(isLong ? 1_000 : 500))
              .verbosity(VerboseMode.SILENT)
              .build();
      for (RunResult result : new Runner(options).run()) {
        String peer = result.getParams().getParam("peer");
        figures.add(new HotPath(peer, threads, result.getPrimaryResult().getScore()));
      }
    }
    return figures;
  }
}
