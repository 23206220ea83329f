package dev.onbehalf.benchmarks.workload;

import dev.onbehalf.benchmarks.simulator.Zipf;
import dev.onbehalf.benchmarks.workload.Database.Login;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Measures the pool beside its peers and writes the report.
 *
 * <pre>{@code
 * ./bench               # short form, about twenty-five minutes
 * ./bench long          # more repeats, longer runs
 * ./bench hot           # borrow and close only, seven minutes
 * }</pre>
 *
 * <p>Peers take turns within each repeat, so that a change of the machine's mood meets all of them;
 * figures are medians over the repeats, ratios are taken within each repeat. Failures are counted
 * over all repeats and shown. What all share, the driver's login above all, is compiled before the
 * first run, or whoever comes first would pay for it.
 */
public final class Benchmarks {
  static final long SEED = 42;
  private static final int USERS = 2_000;
  private static final int MANY_USERS = 10_000;

  /** Of what a login for every request bears, as that bears less than most. */
  private static final double OFFERED = 0.7;

  private static final long STARTED = System.nanoTime();

  private final Effort effort;
  private final Database database;
  private final Report report;

  private Benchmarks(Effort effort, Database database, Report report) {
    this.effort = effort;
    this.database = database;
    this.report = report;
  }

  /** Takes {@code smoke}, {@code hot}, {@code short} or {@code long}, and the file to write. */
  public static void main(String[] args) throws Exception {
    boolean isHotPathOnly = args[0].equals("hot");
    Effort effort = isHotPathOnly ? Effort.SHORT : Effort.named(args[0]);
    Path file = Path.of(args[1]);
    Report report = new Report();
    try {
      try (Database database = Database.start(USERS, 100)) {
        report.head(database, effort);
        report.hotPath(HotPath.measure(effort));
        if (!isHotPathOnly) {
          report.strangers(Strangers.measure(100_000, 100));
          new Benchmarks(effort, database, report).measure();
        }
      }
      if (!isHotPathOnly) {
        try (Database database = Database.start(MANY_USERS, 150)) {
          new Benchmarks(effort, database, report).measureMany();
        }
      }
    } finally {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, report.toString()); // what was measured until something broke
    }
    System.exit(0); // some peers leave threads behind
  }

  private void measure() throws Exception {
    compile();
    Workload warm = Workload.warm(40, 50, 16);
    throughput(warm, play(warm), PeerKind.HIKARI_PER_USER, 1.1);
    Workload zipf = Workload.zipf(USERS, 0.99, 50, 16);
    zipf(zipf.withOthers(PeerKind.values()), warm);
    zipf(
        zipf.withoutRowSecurity().rivals(PeerKind.ONBEHALF, PeerKind.LOGIN),
        warm.withoutRowSecurity());
    play(Workload.drifting(USERS, 16));
    scram(Workload.zipf(USERS, 0.99, 30, 64).login(Login.SCRAM).learning(Duration.ofSeconds(4)));
    polite(Workload.polite(), Workload.polite().besideGreedy());
    report.rotation(Rotation.measure(database, effort.counted.multipliedBy(2)));
  }

  private void measureMany() throws Exception {
    Workload zipf = Workload.zipf(MANY_USERS, 1.2, 100, 32).learning(Duration.ofSeconds(10));
    List<Map<PeerKind, List<Result>>> all = besideBound(zipf, Workload.warm(80, 100, 32));
    double hitRate = new Zipf(MANY_USERS, 1.2).share(100);
    bound(zipf, hitRate, all);
    report.targets.atLeast(
        zipf.heading() + ": of the bound with raw logins",
        0.95,
        inTurns(zipf, hitRate, ours(all.get(0))).reached());
    throughput(zipf, all.get(1), PeerKind.DBCP_SHARED, 2.0);
    arriving();
  }

  private void zipf(Workload workload, Workload warm) throws Exception {
    List<Map<PeerKind, List<Result>>> all = besideBound(workload, warm);
    double hitRate = new Zipf(USERS, 0.99).share(50);
    Bound bound = bound(workload, hitRate, all);
    String title = workload.heading() + ": of the bound with raw logins, ";
    report.targets.atLeast(
        title + "after 30 s", 0.95, inTurns(workload, hitRate, ours(all.get(0))).reached());
    report.targets.atLeast(title + "first 15 s", 0.85, bound.reachedAtStart());
    throughput(workload, all.get(1), PeerKind.DBCP_SHARED, 2.3);
    throughput(workload, all.get(1), PeerKind.PGBOUNCER, 1.6);
  }

  /** In the same repeats: the warm workload, the one in question, and logins by the pool. */
  private List<Map<PeerKind, List<Result>>> besideBound(Workload workload, Workload warm)
      throws Exception {
    Workload neverWarm = Workload.neverWarm(USERS, 16);
    return repeated(warm.with(PeerKind.ONBEHALF), workload, neverWarm.on(workload.rowSecurity()));
  }

  private Bound bound(
      Workload workload, double hitRate, List<Map<PeerKind, List<Result>>> besideBound) {
    Map<PeerKind, List<Result>> results = besideBound.get(1);
    List<Result> warm = ours(besideBound.get(0));
    Bound bound = new Bound(hitRate, of(PeerKind.LOGIN, results), warm, ours(results));
    report.workload(workload.heading(), results);
    report.bound("a login for every request", bound);
    report.bound(
        "a login by the pool with 16 threads, its checks included",
        new Bound(hitRate, ours(besideBound.get(2)), warm, ours(results)));
    return bound;
  }

  /**
   * The pool, once it has learnt, and a login for every request, each for a moment and in turns: a
   * shared machine changes its speed faster than repeats go by.
   */
  private Bound inTurns(Workload workload, double hitRate, List<Result> warm) throws Exception {
    database.require(workload.login(), workload.rowSecurity());
    List<Result> logins = new ArrayList<>();
    List<Result> ours = new ArrayList<>();
    try (Peer login = PeerKind.LOGIN.start(database, workload.budget());
        Peer pool = PeerKind.ONBEHALF.start(database, workload.budget())) {
      Duration learning = effort.warmUp(workload, PeerKind.ONBEHALF);
      Run.of(database, pool, workload.clients().apply(SEED), learning, effort.warmUp);
      for (int turn = 0; turn < effort.turns; turn++) {
        long seed = SEED + 1 + turn;
        logins.add(turn(login, workload, seed));
        ours.add(turn(pool, workload, seed));
      }
    }
    database.awaitNoClients();
    Bound bound = new Bound(hitRate, logins, List.of(Medians.middle(warm)), ours);
    report.inTurns(bound);
    return bound;
  }

  private Result turn(Peer peer, Workload workload, long seed) throws Exception {
    return Run.of(
        database,
        peer,
        workload.clients().apply(seed),
        effort.counted.dividedBy(5),
        effort.counted);
  }

  private void throughput(
      Workload workload, Map<PeerKind, List<Result>> results, PeerKind peer, double limit) {
    report.targets.atLeast(
        workload.heading() + ": requests/s / " + peer.title,
        limit,
        Medians.ratios(Result::perSecond, ours(results), of(peer, results)));
  }

  private void polite(Workload alone, Workload disturbed) throws Exception {
    List<Map<PeerKind, List<Result>>> all = repeated(alone, disturbed);
    report.workload(alone.heading(), all.get(0));
    report.workload(disturbed.heading(), all.get(1));
    List<Result> apart = new ArrayList<>();
    for (int repeat = 0; repeat < effort.repeats; repeat++) {
      Peer peer = new Apart(database, disturbed.budget(), Workload.GREEDY);
      apart.add(run(disturbed, peer, SEED + repeat, effort.warmUp));
    }
    report.apart(Medians.ratios(Result::p99, apart, ours(all.get(0))));
    report.targets.atMost(
        "Polite users' p99 beside a greedy one / without",
        1.5,
        Medians.ratios(Result::p99, ours(all.get(1)), ours(all.get(0))));
  }

  private void scram(Workload workload) throws Exception {
    Map<PeerKind, List<Result>> results = play(workload);
    Map.of(PeerKind.DBCP_SHARED, 0.1, PeerKind.LOGIN, 0.3)
        .forEach(
            (peer, limit) ->
                report.targets.atMost(
                    workload.heading() + ": p99 / " + peer.title,
                    limit,
                    Medians.ratios(Result::p99, ours(results), of(peer, results))));
    double hitRate = new Zipf(USERS, 0.99).share(workload.budget());
    int callers = workload.clients().apply(SEED).size();
    List<Double> least =
        ours(results).stream().map(it -> 1_000 * callers / it.perSecond() / (1 - hitRate)).toList();
    report.leastPossible(callers, hitRate, least, of(PeerKind.LOGIN, results));
  }

  /** Requests that wait for nobody, so many in a second that all peers should bear them. */
  private void arriving() throws Exception {
    Map<PeerKind, List<Result>> sessions = new EnumMap<>(PeerKind.class);
    Map<PeerKind, List<Result>> drifting = new EnumMap<>(PeerKind.class);
    List<Result> borne = new ArrayList<>();
    for (int repeat = 0; repeat < effort.repeats; repeat++) {
      Map<PeerKind, List<Result>> logins = new EnumMap<>(PeerKind.class);
      once(Workload.zipf(USERS, 0.99, 50, 16).with(PeerKind.LOGIN), repeat, logins);
      borne.addAll(of(PeerKind.LOGIN, logins));
      double offered = OFFERED * of(PeerKind.LOGIN, logins).get(0).perSecond();
      once(Workload.sessions(MANY_USERS, 80, offered), repeat, sessions);
      once(Workload.driftingArrivals(USERS, offered), repeat, drifting);
    }
    report.workload(Workload.sessions(MANY_USERS, 80, 1).heading(), sessions);
    report.workload(Workload.driftingArrivals(USERS, 1).heading(), drifting);
    report.note(
        "Requests come at %.1f times what a login for every request bore just before, 16 threads at"
            + " it one after the other: %s a second.",
        OFFERED, Targets.spread(borne.stream().map(it -> OFFERED * it.perSecond()).toList()));
  }

  private void compile() throws Exception {
    Workload cold = Workload.neverWarm(USERS, 16);
    database.require(cold.login(), cold.rowSecurity());
    for (PeerKind kind : List.of(PeerKind.LOGIN, PeerKind.ONBEHALF)) {
      Peer peer = kind.start(database, cold.budget());
      run(cold, peer, SEED, effort.compiling.dividedBy(2));
    }
  }

  private static List<Result> ours(Map<PeerKind, List<Result>> results) {
    return of(PeerKind.ONBEHALF, results);
  }

  private static List<Result> of(PeerKind kind, Map<PeerKind, List<Result>> results) {
    return results.getOrDefault(kind, List.of());
  }

  private Map<PeerKind, List<Result>> play(Workload workload) throws Exception {
    Map<PeerKind, List<Result>> results = repeated(workload).get(0);
    report.workload(workload.heading(), results);
    return results;
  }

  /** Plays all in each repeat; returns the results of each. */
  private List<Map<PeerKind, List<Result>>> repeated(Workload... workloads) throws Exception {
    List<Map<PeerKind, List<Result>>> results = new ArrayList<>();
    for (int i = 0; i < workloads.length; i++) {
      results.add(new EnumMap<>(PeerKind.class));
    }
    for (int repeat = 0; repeat < effort.repeats; repeat++) {
      for (int i = 0; i < workloads.length; i++) {
        once(workloads[i], repeat, results.get(i));
      }
    }
    return results;
  }

  private void once(Workload workload, int repeat, Map<PeerKind, List<Result>> results)
      throws Exception {
    database.require(workload.login(), workload.rowSecurity());
    for (PeerKind kind : workload.peers()) {
      boolean again = repeat == 0 || effort == Effort.LONG || workload.rivals().contains(kind);
      if (again && (kind != PeerKind.PGBOUNCER || PgBouncer.isInstalled())) {
        Peer peer = kind.start(database, workload.budget());
        Result result = run(workload, peer, SEED + repeat, effort.warmUp(workload, kind));
        System.err.printf(
            "%4d s %s: %s: %s%n",
            TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - STARTED),
            workload.heading(),
            kind.title,
            result);
        results.computeIfAbsent(kind, k -> new ArrayList<>()).add(result);
      }
    }
  }

  private Result run(Workload workload, Peer peer, long seed, Duration warmUp)
      throws SQLException, InterruptedException {
    Result result;
    try (peer) {
      Duration counted = workload.counted(effort.counted);
      result = Run.of(database, peer, workload.clients().apply(seed), warmUp, counted);
    }
    database.awaitNoClients();
    return result;
  }
}
