package dev.onbehalf.benchmarks.workload;

import dev.onbehalf.benchmarks.simulator.Zipf;
import dev.onbehalf.benchmarks.workload.Database.Login;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Measures the pool beside its peers and writes the report.
 *
 * <pre>{@code
 * ./bench               # short form, under five minutes
 * ./bench long          # more repeats, longer runs
 * }</pre>
 *
 * <p>Peers take turns within each repeat, so that a change of the machine's mood meets all of them;
 * figures are medians over the repeats, ratios medians of the ratios within each repeat. Failures
 * are counted over all repeats and shown. What all share, the driver's login above all, is compiled
 * before the first run, or whoever comes first would pay for it.
 */
public final class Benchmarks {
  static final int USERS = 2_000;

  private static final Set<PeerKind> BOUNDED =
      EnumSet.of(PeerKind.ONBEHALF, PeerKind.DBCP_SHARED, PeerKind.PGBOUNCER, PeerKind.LOGIN);

  private final long started = System.nanoTime();
  private final Effort effort;
  private final Database database;
  private final Report report;

  /** How long all takes. */
  private enum Effort {
    SHORT(3, Duration.ofSeconds(8), Duration.ofMillis(700), Duration.ofMillis(1_500)),
    LONG(5, Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofSeconds(10));

    final int repeats;
    final Duration compiling;
    final Duration warmUp;
    final Duration counted;

    Effort(int repeats, Duration compiling, Duration warmUp, Duration counted) {
      this.repeats = repeats;
      this.compiling = compiling;
      this.warmUp = warmUp;
      this.counted = counted;
    }
  }

  private Benchmarks(Effort effort, Database database, Report report) {
    this.effort = effort;
    this.database = database;
    this.report = report;
  }

  /** Takes {@code short} or {@code long}, and the file to write. */
  public static void main(String[] args) throws Exception {
    Effort effort = args[0].equals("long") ? Effort.LONG : Effort.SHORT;
    Path file = Path.of(args[1]);
    Report report = new Report();
    try (Database database = Database.start(USERS)) {
      report.machine(database, args[0]);
      report.hotPath(HotPath.measure(effort == Effort.LONG));
      report.strangers(Strangers.measure(100_000, 100));
      new Benchmarks(effort, database, report).measure();
    } finally {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, report.toString()); // what was measured until something broke
    }
    System.exit(0); // some peers leave threads behind
  }

  private void measure() throws Exception {
    compile();
    Map<PeerKind, List<Result>> warm = play(Workload.warm(40, 16));
    Map<PeerKind, List<Result>> zipf =
        play(Workload.zipf(Login.TRUST, 50, 16, EnumSet.allOf(PeerKind.class)));
    report.bound(
        new Zipf(USERS, 0.99).share(50),
        of(PeerKind.LOGIN, zipf),
        of(PeerKind.ONBEHALF, repeated(Workload.neverWarm(USERS, 16))),
        of(PeerKind.ONBEHALF, warm),
        of(PeerKind.ONBEHALF, zipf));
    play(Workload.zipf(Login.SCRAM, 30, 64, BOUNDED).withRivals(PeerKind.ONBEHALF));
    play(Workload.polite(false));
    play(Workload.polite(true));
    report.rotation(Rotation.measure(database, effort.counted.multipliedBy(2)));
  }

  private void compile() throws Exception {
    Workload cold = Workload.neverWarm(USERS, 16);
    database.require(cold.login());
    for (PeerKind kind : List.of(PeerKind.LOGIN, PeerKind.ONBEHALF)) {
      run(cold, kind, Duration.ZERO, effort.compiling.dividedBy(2));
    }
  }

  private static List<Result> of(PeerKind kind, Map<PeerKind, List<Result>> results) {
    return results.getOrDefault(kind, List.of());
  }

  private Map<PeerKind, List<Result>> play(Workload workload) throws Exception {
    Map<PeerKind, List<Result>> results = repeated(workload);
    report.workload(workload, results);
    return results;
  }

  private Map<PeerKind, List<Result>> repeated(Workload workload) throws Exception {
    database.require(workload.login());
    Map<PeerKind, List<Result>> results = new EnumMap<>(PeerKind.class);
    for (int repeat = 0; repeat < effort.repeats; repeat++) {
      for (PeerKind kind : workload.peers()) {
        boolean again = repeat == 0 || effort == Effort.LONG || workload.rivals().contains(kind);
        if (again && (kind != PeerKind.PGBOUNCER || PgBouncer.isInstalled())) {
          Result result = play(workload, kind);
          System.err.printf(
              "%4d s %s: %s: %s%n",
              TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started),
              workload.title(),
              kind.title,
              result);
          results.computeIfAbsent(kind, k -> new ArrayList<>()).add(result);
        }
      }
    }
    return results;
  }

  private Result play(Workload workload, PeerKind kind)
      throws IOException, SQLException, InterruptedException {
    boolean learns = kind != PeerKind.LOGIN && workload.rivals().contains(kind);
    Duration warmUp = effort.warmUp.multipliedBy(learns ? workload.warmUps() : 1);
    return run(workload, kind, warmUp, effort.counted.multipliedBy(workload.isPaced() ? 2 : 1));
  }

  private Result run(Workload workload, PeerKind kind, Duration warmUp, Duration counted)
      throws IOException, SQLException, InterruptedException {
    Result result;
    try (Peer peer = kind.start(database, workload.budget())) {
      result = Run.of(database, peer, workload.clients(), warmUp, counted);
    }
    database.awaitNoClients();
    return result;
  }
}
