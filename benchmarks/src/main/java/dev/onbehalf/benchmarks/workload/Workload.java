package dev.onbehalf.benchmarks.workload;

import dev.onbehalf.benchmarks.simulator.Drift;
import dev.onbehalf.benchmarks.simulator.Sessions;
import dev.onbehalf.benchmarks.simulator.Zipf;
import dev.onbehalf.benchmarks.workload.Client.Request;
import dev.onbehalf.benchmarks.workload.Database.Login;
import dev.onbehalf.benchmarks.workload.Database.RowSecurity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * A workload and who is measured with it.
 *
 * @param title what it is
 * @param login how users log in
 * @param rowSecurity whether the database has a table under Row-Level Security
 * @param budget the connections that all users together may have
 * @param peers who is measured
 * @param rivals those of them that count; the short form looks at the others once
 * @param learning how long the pool plays before anything but its start counts; its rivals need
 *     less, as they learn nothing
 * @param clients who asks, by the seed; made anew for each run, when it starts
 */
record Workload(
    String title,
    Login login,
    RowSecurity rowSecurity,
    int budget,
    Set<PeerKind> peers,
    Set<PeerKind> rivals,
    Duration learning,
    LongFunction<List<Client>> clients) {

  private static final Set<PeerKind> BOUNDED =
      EnumSet.of(PeerKind.ONBEHALF, PeerKind.DBCP_SHARED, PeerKind.PGBOUNCER, PeerKind.LOGIN);

  /** Who asks with 64 threads. */
  static final String GREEDY = Database.user(20);

  private static final Duration LONG_TO_LEARN = Duration.ofSeconds(10);

  /** More than a peer serves at once, fewer than the server has connections. */
  private static final int ARRIVING_THREADS = 128;

  static Workload warm(int users, int budget, int threads) {
    return new Workload(
        String.format(
            Locale.ROOT, "%,d users, budget %d, %d threads, warm", users, budget, threads),
        Login.TRUST,
        RowSecurity.ENABLE,
        budget,
        EnumSet.allOf(PeerKind.class),
        EnumSet.of(PeerKind.ONBEHALF, PeerKind.HIKARI_PER_USER, PeerKind.C3P0),
        Duration.ofMillis(1_400),
        busy(threads, random -> () -> Database.user(random.nextInt(users))));
  }

  /** So many users for so few connections that nearly every request is a login by the pool. */
  static Workload neverWarm(int users, int threads) {
    return warm(users, threads, threads)
        .with(PeerKind.ONBEHALF)
        .learning(Duration.ZERO)
        .titled(
            String.format(
                Locale.ROOT, "%,d users, budget and threads %d, hardly ever warm", users, threads));
  }

  /** Some people come again and again, most hardly ever; peers without a budget fail at it. */
  static Workload zipf(int users, double s, int budget, int threads) {
    Zipf zipf = new Zipf(users, s);
    return new Workload(
        String.format(
            Locale.ROOT, "%,d users, Zipf %s, budget %d, %d threads", users, s, budget, threads),
        Login.TRUST,
        RowSecurity.ENABLE,
        budget,
        BOUNDED,
        BOUNDED,
        Duration.ofSeconds(30),
        busy(threads, random -> () -> Database.user(zipf.next(random))));
  }

  /** The same while popularity drifts; all threads draw from one order of ranks. */
  static Workload drifting(int users, int threads) {
    Workload still = zipf(users, 0.99, 50, threads);
    return new Workload(
        still.title + ", two change places every 10 requests",
        still.login,
        still.rowSecurity,
        still.budget,
        BOUNDED,
        EnumSet.of(PeerKind.ONBEHALF, PeerKind.DBCP_SHARED),
        Duration.ofSeconds(5),
        seed -> {
          Drift drift = drift(users, new SplittableRandom(seed));
          Supplier<String> shared = Client.shared(() -> Database.user(drift.next()));
          List<Client> clients = new ArrayList<>();
          for (int i = 0; i < threads; i++) {
            clients.add(Client.busy(shared));
          }
          return clients;
        });
  }

  /** People in sessions, as many requests in a second as are given on average. */
  static Workload sessions(int users, int present, double perSecond) {
    double think = present / perSecond;
    return arriving(
        String.format(
            Locale.ROOT,
            "Sessions: people of %,d arrive, ask 5 to 60 times and leave, %d present, budget 50",
            users,
            present),
        seed -> sessions(new Sessions(users, present, think, new SplittableRandom(seed))));
  }

  /** Popularity that drifts, as many requests in a second as are given on average. */
  static Workload driftingArrivals(int users, double perSecond) {
    return arriving(
        String.format(
            Locale.ROOT,
            "Arrivals: %,d users, Zipf 0.99, two change places every 10 requests, budget 50",
            users),
        seed -> {
          SplittableRandom random = new SplittableRandom(seed);
          return arrivals(drift(users, random.split()), perSecond, random);
        });
  }

  private static Workload arriving(String title, LongFunction<Supplier<Request>> requests) {
    return new Workload(
        title,
        Login.TRUST,
        RowSecurity.ENABLE,
        50,
        BOUNDED,
        EnumSet.of(PeerKind.ONBEHALF, PeerKind.DBCP_SHARED),
        Duration.ofSeconds(3),
        seed -> Client.arriving(requests.apply(seed), ARRIVING_THREADS));
  }

  /** Begins when those who were there at first have left, so that the usual number is present. */
  private static Supplier<Request> sessions(Sessions sessions) {
    for (int i = 0; i < 20_000; i++) {
      sessions.next();
    }
    double first = sessions.time();
    return () -> {
      String user = Database.user(sessions.next());
      return new Request(user, nanos(sessions.time() - first));
    };
  }

  private static Supplier<Request> arrivals(
      Drift drift, double perSecond, SplittableRandom random) {
    return new Supplier<>() {
      private long due;

      @Override
      public Request get() {
        due += nanos(-Math.log(1 - random.nextDouble()) / perSecond);
        return new Request(Database.user(drift.next()), due);
      }
    };
  }

  private static long nanos(double seconds) {
    return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
  }

  private static Drift drift(int users, SplittableRandom random) {
    return new Drift(users, 0.99, 10, random);
  }

  /** Users with five requests a second each. */
  static Workload polite() {
    return new Workload(
        "20 users with 5 requests a second each, budget 10",
        Login.TRUST,
        RowSecurity.ENABLE,
        10,
        BOUNDED,
        EnumSet.of(PeerKind.ONBEHALF),
        Duration.ZERO,
        seed -> {
          List<Client> clients = new ArrayList<>();
          for (int i = 0; i < 20; i++) {
            clients.add(Client.paced(Database.user(i), Duration.ofMillis(200)));
          }
          return clients;
        });
  }

  /** The same beside one who asks with 64 threads. */
  Workload besideGreedy() {
    LongFunction<List<Client>> withGreedy =
        seed -> {
          List<Client> all = new ArrayList<>(clients.apply(seed));
          for (int i = 0; i < 64; i++) {
            all.add(Client.uncounted(() -> GREEDY));
          }
          return all;
        };
    return new Workload(
        title + ", beside one with 64 threads",
        login,
        rowSecurity,
        budget,
        peers,
        rivals,
        learning,
        withGreedy);
  }

  /** Each thread draws by itself; every peer gets the same. */
  private static LongFunction<List<Client>> busy(
      int threads, Function<SplittableRandom, Supplier<String>> users) {
    return seed -> {
      SplittableRandom random = new SplittableRandom(seed);
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        clients.add(Client.busy(users.apply(random.split())));
      }
      return clients;
    };
  }

  /** What the report calls it, how users log in included. */
  String heading() {
    return title + ", " + login.method;
  }

  /**
   * Where little comes in a second, or much hangs on it, it takes longer to see enough. And a run
   * is long beside its slowest requests: who waits asks nothing, so that a short one would show
   * those who didn't have to.
   */
  Duration counted(Duration usual) {
    boolean isPaced = clients.apply(0).stream().anyMatch(Client::isPaced);
    if (isPaced || login == Login.SCRAM) {
      return usual.multipliedBy(6);
    }
    return learning.compareTo(LONG_TO_LEARN) >= 0 ? usual.multipliedBy(2) : usual;
  }

  Workload with(PeerKind... all) {
    EnumSet<PeerKind> these = EnumSet.copyOf(List.of(all));
    return new Workload(title, login, rowSecurity, budget, these, these, learning, clients);
  }

  /** Others are looked at, too; the short form does so once. */
  Workload withOthers(PeerKind... others) {
    EnumSet<PeerKind> all = EnumSet.copyOf(peers);
    all.addAll(List.of(others));
    return new Workload(title, login, rowSecurity, budget, all, rivals, learning, clients);
  }

  /** Only these count. */
  Workload rivals(PeerKind... those) {
    EnumSet<PeerKind> only = EnumSet.copyOf(List.of(those));
    return new Workload(title, login, rowSecurity, budget, peers, only, learning, clients);
  }

  Workload login(Login other) {
    return new Workload(title, other, rowSecurity, budget, peers, rivals, learning, clients);
  }

  Workload withoutRowSecurity() {
    return on(RowSecurity.DISABLE).titled(title + ", no table under Row-Level Security");
  }

  Workload on(RowSecurity other) {
    return new Workload(title, login, other, budget, peers, rivals, learning, clients);
  }

  Workload learning(Duration other) {
    return new Workload(title, login, rowSecurity, budget, peers, rivals, other, clients);
  }

  private Workload titled(String other) {
    return new Workload(other, login, rowSecurity, budget, peers, rivals, learning, clients);
  }
}
