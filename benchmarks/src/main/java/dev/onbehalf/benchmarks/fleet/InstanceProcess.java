package dev.onbehalf.benchmarks.fleet;

import dev.onbehalf.benchmarks.simulator.Zipf;
import dev.onbehalf.identity.DatabaseCredential;
import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IdentityVerifier.Proof;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.Platform;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * One of several that share a database. Reads an order a line, and answers each with a line:
 *
 * <pre>
 *   touch PERSON       opens a connection of theirs
 *   run SECONDS        serves requests of everybody; answers with how many, and what the pool did
 *   sign-out PERSON    answers when it is acknowledged
 * </pre>
 */
final class InstanceProcess {
  private final OnBehalfDatabase database;
  private final Work work;

  /**
   * What an instance gets to do.
   *
   * @param number which it is, from 0
   * @param instances how many there are
   * @param affinity whether a person's requests all meet the same instance
   */
  record Work(int number, int instances, boolean affinity, int users, int threads, long seed) {
    List<String> arguments() {
      return List.of(
          "" + number, "" + instances, "" + affinity, "" + users, "" + threads, "" + seed);
    }

    static Work of(String[] arguments, int first) {
      return new Work(
          Integer.parseInt(arguments[first]),
          Integer.parseInt(arguments[first + 1]),
          Boolean.parseBoolean(arguments[first + 2]),
          Integer.parseInt(arguments[first + 3]),
          Integer.parseInt(arguments[first + 4]),
          Long.parseLong(arguments[first + 5]));
    }

    /** Whether a balancer would send it here. */
    boolean isFor(int user) {
      return !affinity || user % instances == number;
    }
  }

  private InstanceProcess(OnBehalfDatabase database, Work work) {
    this.database = database;
    this.work = work;
  }

  /** PORT, connections of all instances or 0, own connections, then the {@link Work}. */
  public static void main(String[] arguments) throws Exception {
    DatabaseSettings settings =
        DatabaseSettings.builder()
            .environment(
                Map.of(
                    "PGHOST", "127.0.0.1",
                    "PGPORT", arguments[0],
                    "PGDATABASE", "postgres",
                    "PGSSLMODE", "disable",
                    "PGUSER", "app",
                    "PGPASSWORD", "any"))
            .fleetMaxConnections(Integer.parseInt(arguments[1]))
            .maxConnections(Integer.parseInt(arguments[2]))
            .build();
    Platform platform =
        Platform.of(
            identity -> new Proof(identity.address(), Instant.MAX),
            (user, token) -> new DatabaseCredential(Secret.of("any"), Instant.MAX),
            () -> new DatabaseCredential(Secret.of("any"), Instant.MAX));
    try (OnBehalfDatabase database = OnBehalfDatabase.of(settings, platform)) {
      new InstanceProcess(database, Work.of(arguments, 3)).obey();
    }
  }

  private void obey() throws IOException, SQLException, InterruptedException {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      int space = order.indexOf(' ');
      String what = order.substring(space + 1);
      switch (order.substring(0, space)) {
        case "touch" -> {
          serve(what);
          say("touched");
        }
        case "run" -> say(run(Duration.ofSeconds(Long.parseLong(what))));
        case "sign-out" -> {
          database.revoke(what);
          say("signed out");
        }
        default -> throw new IOException("Not an order: " + order);
      }
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private String run(Duration time) throws InterruptedException {
    PoolStatistics before = database.statistics();
    LongAdder failures = new LongAdder();
    long end = System.nanoTime() + time.toNanos();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < work.threads(); i++) {
      SplittableRandom random = new SplittableRandom(work.seed() * 31 + work.number() * 1_000L + i);
      Thread thread = new Thread(() -> serveUntil(end, random, failures));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    PoolStatistics after = database.statistics();
    return "%s %s %s"
        .formatted(
            after.acquired() - before.acquired(), after.logins() - before.logins(), failures.sum());
  }

  private void serveUntil(long end, SplittableRandom random, LongAdder failures) {
    Zipf popularity = new Zipf(work.users(), FleetBenchmark.SKEW);
    while (System.nanoTime() < end) {
      int user = popularity.next(random);
      if (!work.isFor(user)) {
        continue;
      }
      try {
        serve("u" + user);
      } catch (SQLException | RuntimeException e) {
        failures.increment();
        System.err.println(e);
      }
    }
  }

  private void serve(String person) throws SQLException {
    try (Connection connection =
            database.asUser(new ForwardedIdentity(person, Secret.of(person))).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT current_user");
    }
  }
}
