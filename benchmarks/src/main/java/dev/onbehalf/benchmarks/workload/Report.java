package dev.onbehalf.benchmarks.workload;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.zaxxer.hikari.HikariDataSource;
import dev.onbehalf.benchmarks.micro.BorrowBenchmark;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.apache.commons.dbcp2.BasicDataSource;

/** The Markdown that a measurement ends in. */
final class Report {
  private final StringBuilder head = new StringBuilder();
  private final StringBuilder text = new StringBuilder();
  final Targets targets = new Targets();

  /** The machine, the versions, and how all was measured. */
  void head(Database database, Effort effort) throws SQLException, IOException {
    line("# Measured");
    line("");
    line(
        "Written by `./bench`, and with more repeats by `./bench long`. Only ratios within one run"
            + " mean something on another machine. How the eviction policy compares with LRU and"
            + " with what is possible, without a database:");
    line("");
    line("```");
    line("java -cp 'benchmarks/target/onbehalf-benchmarks.jar:benchmarks/target/lib/*' \\");
    line("    dev.onbehalf.benchmarks.simulator.Simulator");
    line("```");
    line("");
    line(
        "* %s, form: %s",
        LocalDate.now(ZoneId.systemDefault()), effort.name().toLowerCase(Locale.ROOT));
    line(
        "* %s, %d processors; Java %s (%s); the database on the same machine",
        processor(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        System.getProperty("java.vm.name"));
    try (Connection connection = database.superuser()) {
      line(
          "* PostgreSQL %s with max_connections %d, pgjdbc %s",
          connection.getMetaData().getDatabaseProductVersion(),
          database.maxConnections(),
          connection.getMetaData().getDriverVersion());
    }
    line(
        "* HikariCP %s, DBCP %s, c3p0 %s, PgBouncer %s",
        version(HikariDataSource.class),
        version(BasicDataSource.class),
        version(ComboPooledDataSource.class),
        PgBouncer.isInstalled() ? "as installed" : "not installed, left out");
    line(
        "* %d repeats, of borrow and close %d. Peers take turns within each of them; figures are"
            + " medians, ratios are taken within each repeat and shown as median (least to most)."
            + " Who is far off is measured once.",
        effort.repeats, effort.rounds);
    line(
        "* Seeds: repeat n draws with %d + n, n from 0, and gives all peers the same requests.",
        Benchmarks.SEED);
    line(
        "* A request's time counts from when it was due. One after the other, it is due when the"
            + " last one has been served; by the clock (a fixed pace, sessions, arrivals) it waits"
            + " for nobody.");
    line(
        "* Most connections are what the server counts, and it counts a connection that was closed"
            + " until its backend has ended: of a pool that closes one and opens the next, a few more"
            + " than its budget.");
    line("");
    head.append(text);
    text.setLength(0);
  }

  void hotPath(HotPath figures) {
    line("## Borrow and close, no database");
    line("");
    line(
        "Nanoseconds of one borrow and close by each thread, a stub for the driver; bytes of heap"
            + " that each leaves behind (one thread). With a handle in hand, where it isn't said"
            + " otherwise.");
    line("");
    line("| who | 1 thread | 2 threads | 8 threads | bytes |");
    line("| --- | --: | --: | --: | --: |");
    for (String peer : figures.peers()) {
      line(
          "| %s | %s | %.0f |",
          peer,
          byThreads(threads -> String.format(Locale.ROOT, "%,.0f", figures.nanos(peer, threads))),
          Medians.of(figures.bytes(peer, 1)));
    }
    hotPath(figures, BorrowBenchmark.ONE_USER, BorrowBenchmark.HIKARI, 0.75);
    hotPath(figures, BorrowBenchmark.LOOKED_UP, BorrowBenchmark.HIKARI, 0.85);
    hotPath(figures, BorrowBenchmark.MANY_USERS, BorrowBenchmark.ONE_USER, 1.3);
    targets.atMost(
        "Bytes of heap of a lease, one thread", // an object of 40 bytes, and what JMH adds
        41,
        figures.bytes(BorrowBenchmark.ONE_USER, 1));
    line("");
  }

  private void hotPath(HotPath figures, String peer, String other, double limit) {
    line(
        "| %s / %s | %s | |",
        peer, other, byThreads(threads -> Targets.spread(figures.ratios(peer, other, threads))));
    for (int threads : HotPath.THREADS) {
      targets.atMost(
          peer + " / " + other + ", threads: " + threads,
          limit,
          figures.ratios(peer, other, threads));
    }
  }

  private static String byThreads(IntFunction<String> figure) {
    return HotPath.THREADS.stream().map(figure::apply).collect(Collectors.joining(" | "));
  }

  void strangers(Strangers it) {
    line("## %,d users, each seen once, budget %d, no database", it.users(), it.budget());
    line("");
    line(
        "At most %d connections; %d threads in all; %,d users known at the end (%,.0f bytes of heap"
            + " each, connections and stubs included), %,d after their time (%,.1f bytes of heap"
            + " for each user ever seen); %,.0f users a second. A user who is known and has no"
            + " connection takes %,.0f bytes of heap, the name included.",
        it.mostOpen(),
        it.threads(),
        it.known(),
        it.bytesPerKnown(),
        it.knownLater(),
        it.bytesLater(),
        it.perSecond(),
        it.bytesPerRemembered());
    targets.atMost(
        "Bytes of heap of a user who is known and has no connection",
        256,
        List.of(it.bytesPerRemembered()));
    line("");
  }

  /** Of each peer the medians of its repeats, and the ratios within each repeat. */
  void workload(String title, Map<PeerKind, List<Result>> results) {
    line("## %s", title);
    line("");
    line(
        "| who | requests/s | Onbehalf is × | p50 ms | p99 ms | Onbehalf's p99 is × | failed |"
            + " timed out | as wrong user | most connections | first failure |");
    line("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --- |");
    List<Result> ours = results.getOrDefault(PeerKind.ONBEHALF, List.of());
    results.forEach((kind, repeats) -> line("%s", row(kind, repeats, ours)));
    line("");
  }

  private static String row(PeerKind kind, List<Result> repeats, List<Result> ours) {
    Result it = Result.ofRepeats(repeats);
    return String.format(
        Locale.ROOT,
        "| %s | %,.0f | %s | %s | %s | %s | %,d | %,d | %,d | %d | %s |",
        kind.title,
        it.perSecond(),
        Targets.spread(Medians.ratios(Result::perSecond, ours, repeats)),
        milliseconds(it.p50()),
        milliseconds(it.p99()),
        Targets.spread(Medians.ratios(Result::p99, ours, repeats)),
        it.failures(),
        it.timeouts(),
        it.wrongUser(),
        it.mostClients(),
        it.firstFailure().replace('|', '/'));
  }

  private static String milliseconds(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "";
  }

  /** What could be reached with such logins, and what was. */
  void bound(String logins, Bound bound) {
    line(
        "Knowing everybody's frequency keeps a share of %.3f warm. With %s (%,.0f a second) for the"
            + " rest, that gives %,.0f requests a second at most. Onbehalf reaches %s of it, and %s"
            + " in its first 15 s, from a cold start. The logins were measured at another moment, so"
            + " that this may be more than 1: the turns below count.",
        bound.hitRate(),
        logins,
        Medians.of(bound.logins().stream().map(Result::perSecond).toList()),
        Medians.of(bound.perSecond()),
        Targets.spread(bound.reached()),
        Targets.spread(bound.reachedAtStart()));
    line("");
  }

  /** The same, when the pool has learnt and both have taken turns. */
  void inTurns(Bound bound) {
    line(
        "Taking turns of a moment with a login for every request, once it has learnt, Onbehalf"
            + " reaches %s of that bound (%s turns).",
        Targets.spread(bound.reached()), bound.ours().size());
    line("");
  }

  /** The least that the slowest can take, in milliseconds of each repeat. */
  void leastPossible(int callers, double hitRate, List<Double> least, List<Result> logins) {
    line(
        "%d callers wait all the time (Little's law). As a share of %.3f at most is warm and takes next"
            + " to nothing, the others take %,.0f ms on average, and no pool that serves so many"
            + " requests a second has a p99 below that: %s of a login for every request.",
        callers,
        hitRate,
        Medians.of(least),
        Targets.spread(Medians.ratios(least, logins.stream().map(Result::p99).toList())));
    line("");
  }

  /** The part of the machine in what a greedy neighbour does. */
  void apart(List<Double> ratios) {
    line(
        "With the greedy one's %d connections outside of the pool, and a budget so much smaller for"
            + " the others, the polite users' p99 is %s of what it is without them.",
        PeerKind.PER_USER, Targets.spread(ratios));
    line("");
  }

  /** What a workload's table doesn't tell. */
  void note(String format, Object... arguments) {
    line(format, arguments);
    line("");
  }

  void rotation(Rotation rotation) {
    line("## All passwords change in the middle of a run (40 users, 16 threads, SCRAM)");
    line("");
    line(
        "%,d requests failed, %,d connections were closed for it; %,.0f requests a second.",
        rotation.result().failures(), rotation.closed(), rotation.result().perSecond());
    line("");
  }

  @Override
  public String toString() {
    return (head + "## Targets\n\n" + targets + "\n" + text).stripTrailing() + "\n";
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private static String version(Class<?> type) {
    String version = type.getPackage().getImplementationVersion();
    return version == null ? jar(type) : version;
  }

  private static String jar(Class<?> type) {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
        .getFileName()
        .toString()
        .replaceAll("^.*-([0-9.]+)\\.jar$", "$1");
  }

  private static String processor() throws IOException {
    Path linux = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(linux)) {
      return System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }
    try (BufferedReader reader = Files.newBufferedReader(linux)) {
      return reader
          .lines()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    }
  }
}
