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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.commons.dbcp2.BasicDataSource;

/** The Markdown that a measurement ends in. */
final class Report {
  private final StringBuilder text = new StringBuilder();

  Report() {
    line("# Measured");
    line("");
    line("Written by `./bench`. Only ratios within one run mean something on another machine.");
    line("");
  }

  void machine(Database database, String form) throws SQLException, IOException {
    line("* %s, form: %s", LocalDate.now(ZoneId.systemDefault()), form);
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
          Database.MAX_CONNECTIONS,
          connection.getMetaData().getDriverVersion());
    }
    line(
        "* HikariCP %s, DBCP %s, c3p0 %s, PgBouncer %s",
        version(HikariDataSource.class),
        version(BasicDataSource.class),
        version(ComboPooledDataSource.class),
        PgBouncer.isInstalled() ? "as installed" : "not installed, left out");
    line("");
  }

  void hotPath(HotPath figures) {
    line("## Borrow and close, no database");
    line("");
    line("Nanoseconds of one borrow and close by each thread, a stub for the driver.");
    line("");
    line("| who | 1 thread | 2 threads | 8 threads |");
    line("| --- | --: | --: | --: |");
    for (String peer : figures.peers()) {
      line("| %s | %s |", peer, byThreads("%,.0f", threads -> figures.nanos(peer, threads)));
    }
    hotPathRatio(figures, BorrowBenchmark.ONE_USER, BorrowBenchmark.HIKARI);
    hotPathRatio(figures, BorrowBenchmark.MANY_USERS, BorrowBenchmark.ONE_USER);
    line("");
  }

  private void hotPathRatio(HotPath figures, String peer, String other) {
    line(
        "| %s / %s | %s |",
        peer, other, byThreads("%.2f ×", threads -> figures.ratio(peer, other, threads)));
  }

  private static String byThreads(String format, IntToDoubleFunction figure) {
    return HotPath.THREADS.stream()
        .map(threads -> String.format(Locale.ROOT, format, figure.applyAsDouble(threads)))
        .collect(Collectors.joining(" | "));
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
    line("");
  }

  /** Of each peer the medians of its repeats, and the median of the ratios within each repeat. */
  void workload(Workload workload, Map<PeerKind, List<Result>> results) {
    line("## %s", workload.title());
    line("");
    line(
        "| who | requests/s | Onbehalf is | p50 ms | p99 ms | failed | timed out | as wrong user |"
            + " most connections | first failure |");
    line("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --- |");
    List<Double> ours = perSecond(results.getOrDefault(PeerKind.ONBEHALF, List.of()));
    results.forEach(
        (kind, repeats) ->
            line(
                "%s",
                row(kind, Result.ofRepeats(repeats), Medians.ofRatios(ours, perSecond(repeats)))));
    line("");
  }

  private static List<Double> perSecond(List<Result> repeats) {
    return repeats.stream().map(Result::perSecond).toList();
  }

  private static String row(PeerKind kind, Result it, double ratio) {
    return String.format(
        Locale.ROOT,
        "| %s | %,.0f | %s | %.2f | %.2f | %,d | %,d | %,d | %d | %s |",
        kind.title,
        it.perSecond(),
        Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2f ×", ratio) : "",
        it.p50(),
        it.p99(),
        it.failures(),
        it.timeouts(),
        it.wrongUser(),
        it.mostClients(),
        it.firstFailure().replace('|', '/'));
  }

  /** See DESIGN.md, "How fast"; {@code checked} are logins as the pool makes them. */
  void bound(
      double hitRate,
      List<Result> logins,
      List<Result> checked,
      List<Result> warm,
      List<Result> ours) {
    line("Knowing everybody's frequency keeps a share of %.3f warm.", hitRate);
    bound("a login for every request", hitRate, logins, warm, ours);
    bound(
        "a login by the pool for every request, which asks whose session it is and whether"
            + " Row-Level Security holds it",
        hitRate,
        checked,
        warm,
        ours);
    line("");
  }

  private void bound(
      String title, double hitRate, List<Result> logins, List<Result> warm, List<Result> ours) {
    List<Double> bounds = new ArrayList<>();
    for (int i = 0; i < logins.size(); i++) {
      double login = logins.get(i).perSecond();
      bounds.add(1 / ((1 - hitRate) / login + hitRate / warm.get(i).perSecond()));
    }
    line(
        "With %s (%,.0f a second) for the rest, that gives %,.0f requests a second at most; Onbehalf"
            + " reaches %.2f of it.",
        title,
        Medians.of(perSecond(logins)),
        Medians.of(bounds),
        Medians.ofRatios(perSecond(ours), bounds));
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
    return text.toString().stripTrailing() + "\n";
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
