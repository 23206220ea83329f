package dev.onbehalf.benchmarks.simulator;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Prints, as Markdown, how the pool's eviction policy compares with its rivals and with the best
 * that is possible. Seeds are fixed: every run prints the same.
 *
 * <pre>{@code
 * mvn -q -pl benchmarks -am package -DskipTests
 * java -cp benchmarks/target/onbehalf-benchmarks.jar:benchmarks/target/lib/* \
 *     dev.onbehalf.benchmarks.simulator.Simulator
 * }</pre>
 */
public final class Simulator {
  static final int BUDGET = 50;
  private static final int LENGTH = 500_000;
  private static final int WARM_UP = 200_000;
  private static final long SEED = 42;

  private final PrintStream out;

  private Simulator(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    new Simulator(System.out).report();
  }

  void report() {
    List<Trace> traces = traces();
    out.printf(
        Locale.ROOT,
        "%,d connections, %,d requests of which the first %,d are not counted, seed %d.%n%n",
        BUDGET,
        LENGTH,
        WARM_UP,
        SEED);
    out.println("One request at a time, one connection a user:");
    out.println();
    table(traces, 1, 1);
    out.println();
    out.println(
        "Where two change places, the best static choice is not a bound: who knows at each");
    out.printf(
        Locale.ROOT,
        "request who is popular by then keeps %.3f (2,000 users) or %.3f (10,000).%n%n",
        new Zipf(2_000, 0.99).share(BUDGET),
        new Zipf(10_000, 0.99).share(BUDGET));
    out.println(
        "16 requests in progress, up to three connections a user (the bounds are those for");
    out.println("one request at a time):");
    out.println();
    table(traces, 16, 3);
    out.println();
    recoveries();
  }

  static List<Trace> traces() {
    List<Trace> traces = new ArrayList<>();
    for (double s : new double[] {0.8, 0.99, 1.2}) {
      for (int users : new int[] {200, 2_000, 10_000}) {
        traces.add(zipf(s, users));
      }
    }
    traces.add(visitors(2_000, 40));
    traces.add(visitors(2_000, 80));
    traces.add(visitors(1_000_000, 40));
    traces.add(arrivals(10_000, 35));
    traces.add(arrivals(10_000, 80));
    traces.add(arrivals(1_000_000, 40));
    traces.add(arrivals(1_000_000, 80));
    traces.add(drifting(2_000, 100));
    traces.add(drifting(2_000, 10));
    traces.add(drifting(10_000, 10));
    traces.add(scanned());
    return traces;
  }

  static Trace zipf(double s, int users) {
    String name = String.format(Locale.ROOT, "Zipf %s, %,d users", s, users);
    return new Trace(name, users, Traces.zipf(users, s, LENGTH, SEED), WARM_UP);
  }

  static Trace visitors(int users, int present) {
    String name = String.format(Locale.ROOT, "%d visitors of %,d at a time", present, users);
    return new Trace(name, users, Traces.visitors(users, present, LENGTH, SEED), WARM_UP);
  }

  static Trace arrivals(int users, int present) {
    String name = String.format(Locale.ROOT, "%d visitors of %,d on average", present, users);
    return new Trace(name, users, Traces.arrivals(users, present, LENGTH, SEED), WARM_UP);
  }

  static Trace drifting(int users, int every) {
    String name =
        String.format(
            Locale.ROOT, "Zipf 0.99, %,d users, two change places every %d", users, every);
    return new Trace(name, users, Traces.drifting(users, 0.99, every, LENGTH, SEED), WARM_UP);
  }

  static Trace scanned() {
    int[] requests = Traces.withScans(zipf(0.99, 2_000).requests(), 2_000, 50_000, SEED);
    return new Trace("Zipf 0.99, 2,000 users, each scan 50,000 apart", 2_000, requests, WARM_UP);
  }

  private void table(List<Trace> traces, int concurrency, int perUser) {
    out.println(
        "| trace | LRU | halved every 500 | every 20,000 | Onbehalf | best static | Belady"
            + " | Onbehalf / static | Onbehalf / LRU |");
    out.println("| --- | --: | --: | --: | --: | --: | --: | --: | --: |");
    for (Trace trace : traces) {
      double lru = hitRate(trace, new Policies.LeastRecentlyUsed(), concurrency, perUser);
      double fast = hitRate(trace, agedCounts(trace, 500), concurrency, perUser);
      double slow = hitRate(trace, agedCounts(trace, 20_000), concurrency, perUser);
      double ours = hitRate(trace, new Policies.ReturnRates(BUDGET), concurrency, perUser);
      double best = Bounds.bestStatic(trace, BUDGET);
      double optimum = Bounds.optimum(trace, BUDGET);
      out.printf(
          Locale.ROOT,
          "| %s | %.3f | %.3f | %.3f | **%.3f** | %.3f | %.3f | %.3f | %.3f |%n",
          trace.name(),
          lru,
          fast,
          slow,
          ours,
          best,
          optimum,
          ours / best,
          ours / lru);
    }
  }

  private static Policy agedCounts(Trace trace, double halfLife) {
    return new Policies.AgedCounts(trace.users(), halfLife);
  }

  private static double hitRate(Trace trace, Policy policy, int concurrency, int perUser) {
    return new Simulation(policy, BUDGET, concurrency, perUser).hitRate(trace);
  }

  private void recoveries() {
    out.println("After a sudden change: how many requests until 1,000 in a row have at least 0.97");
    out.println("of the steady hit rate (of 20 seeds: median, worst), and the hit rate around the");
    out.println(
        "5,000th and the 10,000th request as a share of the steady one (mean of 20 seeds).");
    out.println();
    out.println("| change | median | worst | at 5,000 | at 10,000 |");
    out.println("| --- | --: | --: | --: | --: |");
    for (Recovery.Change change : Recovery.Change.values()) {
      Recovery recovery = Recovery.after(change, 20);
      int[] requests = recovery.requests();
      Arrays.sort(requests);
      out.printf(
          Locale.ROOT,
          "| %s | %,d | %,d | %.2f | %.2f |%n",
          change.title,
          requests[requests.length / 2],
          requests[requests.length - 1],
          recovery.shareAt(5_000),
          recovery.shareAt(10_000));
    }
  }
}
