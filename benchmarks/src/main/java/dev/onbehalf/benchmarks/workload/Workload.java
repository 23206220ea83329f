package dev.onbehalf.benchmarks.workload;

import dev.onbehalf.benchmarks.simulator.Zipf;
import dev.onbehalf.benchmarks.workload.Database.Login;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A workload and who is measured with it.
 *
 * @param title what the report calls it
 * @param login how users log in
 * @param budget the connections that all users together may have
 * @param peers who is measured
 * @param rivals those of them that count; the short form looks at the others once
 * @param warmUps how many times the usual warm-up the rivals need
 * @param clients who asks
 */
record Workload(
    String title,
    Login login,
    int budget,
    Set<PeerKind> peers,
    Set<PeerKind> rivals,
    int warmUps,
    List<Client> clients) {

  static Workload warm(int users, int threads) {
    return new Workload(
        "%s users, budget 50, %s threads, warm, trust".formatted(users, threads),
        Login.TRUST,
        50,
        EnumSet.allOf(PeerKind.class),
        EnumSet.of(PeerKind.ONBEHALF, PeerKind.HIKARI_PER_USER, PeerKind.C3P0),
        2,
        uniform(users, threads));
  }

  /** So many users for so few connections that nearly every request is a login by the pool. */
  static Workload neverWarm(int users, int threads) {
    return new Workload(
        "%s users, budget %2$s, %2$s threads, hardly ever warm, trust".formatted(users, threads),
        Login.TRUST,
        threads,
        EnumSet.of(PeerKind.ONBEHALF),
        EnumSet.of(PeerKind.ONBEHALF),
        1,
        uniform(users, threads));
  }

  /** 2,000 users; peers without a budget fail at it. */
  static Workload zipf(Login login, int budget, int threads, Set<PeerKind> peers) {
    return new Workload(
        "2,000 users, Zipf 0.99, budget %s, %s threads, %s"
            .formatted(budget, threads, login.method),
        login,
        budget,
        peers,
        EnumSet.of(PeerKind.ONBEHALF, PeerKind.DBCP_SHARED, PeerKind.LOGIN),
        6,
        zipf(Benchmarks.USERS, threads));
  }

  /** Whether few requests come in a second, so that it takes longer to see the slowest of them. */
  boolean isPaced() {
    return clients.stream().anyMatch(client -> !client.pace().isZero());
  }

  /** The same with other rivals, for where the usual ones are far off. */
  Workload withRivals(PeerKind... only) {
    return new Workload(
        title, login, budget, peers, EnumSet.copyOf(List.of(only)), warmUps, clients);
  }

  /** Users with five requests a second each, beside one who asks with 64 threads or is away. */
  static Workload polite(boolean withGreedy) {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String user = Database.user(i);
      clients.add(new Client(() -> user, Duration.ofMillis(200), true));
    }
    for (int i = 0; i < (withGreedy ? 64 : 0); i++) {
      clients.add(new Client(() -> Database.user(20), Duration.ZERO, false));
    }
    String title = "20 users with 5 requests a second each, budget 10, trust";
    return new Workload(
        withGreedy ? title + ", beside one with 64 threads" : title,
        Login.TRUST,
        10,
        EnumSet.of(PeerKind.ONBEHALF, PeerKind.DBCP_SHARED, PeerKind.PGBOUNCER, PeerKind.LOGIN),
        EnumSet.of(PeerKind.ONBEHALF),
        1,
        clients);
  }

  private static List<Client> uniform(int users, int threads) {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      SplittableRandom random = new SplittableRandom(i);
      clients.add(new Client(() -> Database.user(random.nextInt(users)), Duration.ZERO, true));
    }
    return clients;
  }

  private static List<Client> zipf(int users, int threads) {
    Zipf zipf = new Zipf(users, 0.99);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      SplittableRandom random = new SplittableRandom(i);
      clients.add(new Client(() -> Database.user(zipf.next(random)), Duration.ZERO, true));
    }
    return clients;
  }
}
