package dev.onbehalf.benchmarks.workload;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.dbcp2.BasicDataSource;
import org.jspecify.annotations.Nullable;

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

  void hotPath(List<HotPath> figures) {
    line("## Borrow and close, no database");
    line("");
    line("Nanoseconds of one borrow and close by each thread, a stub for the driver.");
    line("");
    line("| who | 1 thread | 2 threads | 8 threads |");
    line("| --- | --: | --: | --: |");
    figures.stream().collect(Collectors.groupingBy(HotPath::peer)).entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            peer ->
                line(
                    "| %s | %s |",
                    peer.getKey(),
                    peer.getValue().stream()
                        .sorted(Comparator.comparingInt(HotPath::threads))
                        .map(figure -> String.format(Locale.ROOT, "%,.0f", figure.nanos()))
                        .collect(Collectors.joining(" | "))));
    line("");
  }

  void strangers(Strangers it) {
    line("## %,d users, each seen once, budget %d, no database", it.users(), it.budget());
    line("");
    line(
        "At most %d connections; %d threads in all; %,d users known at the end (%,.0f bytes of heap"
            + " each, connections and stubs included), %,d after their time (%,.1f bytes of heap"
            + " for each user ever seen); %,.0f users a second.",
        it.mostOpen(),
        it.threads(),
        it.known(),
        it.bytesPerKnown(),
        it.knownLater(),
        it.bytesLater(),
        it.perSecond());
    line("");
  }

  void workload(Workload workload, Map<PeerKind, Result> results) {
    line("## %s", workload.title());
    line("");
    line(
        "| who | requests/s | Onbehalf is | p50 ms | p99 ms | failed | timed out | as wrong user |"
            + " most connections | first failure |");
    line("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --- |");
    Result ours = results.get(PeerKind.ONBEHALF);
    results.forEach((kind, result) -> line("%s", row(kind, result, ours)));
    line("");
  }

  private static String row(PeerKind kind, Result it, @Nullable Result ours) {
    String ratio =
        ours == null || it.perSecond() == 0
            ? ""
            : String.format(Locale.ROOT, "%.2f ×", ours.perSecond() / it.perSecond());
    return String.format(
        Locale.ROOT,
        "| %s | %,.0f | %s | %.2f | %.2f | %,d | %,d | %,d | %d | %s |",
        kind.title,
        it.perSecond(),
        ratio,
        it.p50(),
        it.p99(),
        it.failures(),
        it.timeouts(),
        it.wrongUser(),
        it.mostClients(),
        it.firstFailure().replace('|', '/'));
  }

  /** See DESIGN.md, "How fast". */
  void bound(double hitRate, @Nullable Result login, @Nullable Result warm, @Nullable Result ours) {
    if (login == null || warm == null || ours == null) {
      return;
    }
    double bound = 1 / ((1 - hitRate) / login.perSecond() + hitRate / warm.perSecond());
    line(
        "The bound: with %,.0f logins a second, %,.0f warm requests a second and the best static"
            + " hit rate of %.3f, knowing everybody's frequency gives %,.0f requests a second at"
            + " most. Onbehalf reaches %.2f of it.",
        login.perSecond(), warm.perSecond(), hitRate, bound, ours.perSecond() / bound);
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
