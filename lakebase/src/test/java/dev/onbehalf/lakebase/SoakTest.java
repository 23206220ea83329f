package dev.onbehalf.lakebase;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.lakebaselocal.Faults;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.ConnectionFactory;
import dev.onbehalf.pool.CredentialProvider;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolManager;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Load and faults at once, on a real database behind the login gateway. The tests run a short form;
 * the long one is {@code mvn -pl lakebase -am test -Dtest=SoakTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dsoak.seconds=180 -Dsoak.users=500}.
 */
final class SoakTest {
  private static final int BUDGET = 30;
  private static final int THREADS = 64;
  private static final int USERS = Integer.getInteger("soak.users", 60);
  private static final Duration LOAD = Duration.ofSeconds(Integer.getInteger("soak.seconds", 6));

  private final long seed = System.nanoTime();
  private final Map<String, Secret> credentials = new ConcurrentHashMap<>();
  private final Queue<String> violations = new ConcurrentLinkedQueue<>();
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final LongAdder answers = new LongAdder();
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger mostSeenByServer = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();

  @Test
  @Timeout(600)
  void under_load_and_faults_everyone_is_served_as_themselves_and_within_the_budget()
      throws Exception {
    LakebaseLocal.Builder builder = LakebaseLocal.builder().maxConnections(BUDGET + 20);
    for (int i = 0; i < USERS; i++) {
      builder.user(user(i));
    }
    ExecutorService threads = Executors.newCachedThreadPool();
    try (LakebaseLocal lakebase = builder.start()) {
      UserPoolManager manager = manager(lakebase);
      try (manager) {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          Random random = new Random(seed + i);
          running.add(threads.submit(() -> borrow(manager, random)));
        }
        running.add(threads.submit(() -> sample(lakebase)));
        orderFaults(lakebase, new Random(seed));
        Duration recovery = serveEveryoneAgain(manager, threads);
        over.set(true);
        for (Future<?> each : running) {
          each.get(60, SECONDS);
        }
        report(manager, recovery);
        assertThat(violations).as("seed %d", seed).isEmpty();
        assertThat(most.get()).as("open at once, seed %d", seed).isLessThanOrEqualTo(BUDGET);
        assertAllPlacesAreHome(manager);
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(connectionsSeenBy(lakebase)).isZero());
    } finally {
      threads.shutdownNow();
    }
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(t -> t.getName().startsWith("onbehalf-pool") && t.isAlive()));
  }

  private UserPoolManager manager(LakebaseLocal lakebase) {
    ConnectionFactory factory =
        (user, credential) -> {
          most.accumulateAndGet(opened.incrementAndGet(), Math::max);
          try {
            Connection connection =
                DriverManager.getConnection(lakebase.jdbcUrl(), user, credential.reveal());
            return counted(connection);
          } catch (SQLException e) {
            opened.decrementAndGet();
            throw e;
          }
        };
    CredentialProvider provider =
        new CredentialProvider() {
          @Override
          public Secret credential(String user) {
            return credentials.computeIfAbsent(
                user, key -> Secret.of(lakebase.databaseCredential(key, Duration.ofHours(1))));
          }

          @Override
          public void rejected(String user, Secret credential) {
            credentials.remove(user, credential);
          }
        };
    return UserPoolManager.builder(factory, provider)
        .maxConnections(BUDGET)
        .connectionTimeout(Duration.ofSeconds(20))
        .validationTimeout(Duration.ofSeconds(2))
        .build();
  }

  /** Counts the connection until it is closed. */
  private Connection counted(Connection connection) {
    AtomicBoolean closed = new AtomicBoolean();
    return (Connection)
        java.lang.reflect.Proxy.newProxyInstance(
            SoakTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              boolean closes =
                  method.getName().equals("close") && closed.compareAndSet(false, true);
              try {
                return method.invoke(connection, arguments);
              } catch (java.lang.reflect.InvocationTargetException e) {
                throw e.getCause();
              } finally {
                if (closes) {
                  opened.decrementAndGet();
                }
              }
            });
  }

  private static String user(int number) {
    return "user" + number + "@example.com";
  }

  private void borrow(UserPoolManager manager, Random random) {
    while (!over.get()) {
      // A product of two is skewed: some users come often, most rarely.
      String user = user((int) (random.nextDouble() * random.nextDouble() * USERS));
      try (Connection connection = manager.getPool(user).getConnection()) {
        requireOwn(user, connection);
        answers.increment();
      } catch (SQLException e) {
        failures.computeIfAbsent(String.valueOf(e.getSQLState()), s -> new LongAdder()).increment();
      }
    }
  }

  private void requireOwn(String user, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select current_user, session_user")) {
      row.next();
      if (!row.getString(1).equals(user) || !row.getString(2).equals(user)) {
        violations.add(user + " was " + row.getString(1) + ", " + row.getString(2));
      }
    }
  }

  private void sample(LakebaseLocal lakebase) {
    while (!over.get()) {
      try {
        mostSeenByServer.accumulateAndGet(connectionsSeenBy(lakebase), Math::max);
      } catch (SQLException e) {
        Thread.onSpinWait(); // the database is down, as ordered
      }
    }
  }

  private static int connectionsSeenBy(LakebaseLocal lakebase) throws SQLException {
    return Integer.parseInt(
        askSuperuser(
            lakebase,
            "select count(*) from pg_stat_activity where usename like 'user%@example.com'"));
  }

  private static String askSuperuser(LakebaseLocal lakebase, String sql) throws SQLException {
    try (Connection connection = lakebase.superuser().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private void orderFaults(LakebaseLocal lakebase, Random random) throws Exception {
    Faults faults = lakebase.faults();
    long start = System.nanoTime();
    long end = start + LOAD.toNanos();
    int restarts = 0;
    while (System.nanoTime() < end) {
      if (restarts < 2 && System.nanoTime() - start > LOAD.toNanos() * (restarts + 1) / 3) {
        restarts++;
        faults.stopDatabase();
        faults.startDatabase();
      }
      switch (random.nextInt(4)) {
        case 0 -> kill(lakebase);
        case 1 -> during(faults.delayLogins(Duration.ofMillis(300)), 1000);
        case 2 -> during(faults.refuseLogins("28000", "refused, as ordered"), 200);
        default -> {
          faults.expireDatabaseCredentials();
          kill(lakebase);
        }
      }
      Thread.sleep(200); // the load goes on between two faults
    }
    kill(lakebase);
  }

  private static void during(Faults.Fault fault, long millis) throws InterruptedException {
    try (fault) {
      Thread.sleep(millis); // how long the fault lasts
    }
  }

  private static void kill(LakebaseLocal lakebase) throws SQLException {
    askSuperuser(
        lakebase,
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            + " where usename like 'user%@example.com' and random() < 0.3");
  }

  /** How long ten users wait who ask at once, the load going on. */
  private Duration serveEveryoneAgain(UserPoolManager manager, ExecutorService threads)
      throws Exception {
    long start = System.nanoTime();
    List<Future<?>> asking = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      String user = user(i);
      manager.credentialRenewed(user); // else an ordered refusal is waited out
      asking.add(
          threads.submit(
              () ->
                  await()
                      .ignoreExceptionsMatching(SoakTest::wasJustKilled)
                      .until(() -> serve(manager, user))));
    }
    for (Future<?> each : asking) {
      each.get(60, SECONDS);
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private boolean serve(UserPoolManager manager, String user) throws SQLException {
    try (Connection connection = manager.getPool(user).getConnection()) {
      requireOwn(user, connection);
    }
    return true;
  }

  /** A connection that was used within the last half second is lent without a look at it. */
  private static boolean wasJustKilled(Throwable failure) {
    return failure instanceof SQLException e && "57P01".equals(e.getSQLState());
  }

  private void assertAllPlacesAreHome(UserPoolManager manager) {
    await()
        .untilAsserted(
            () -> {
              PoolStatistics statistics = manager.statistics();
              assertThat(statistics.inUse()).isZero();
              assertThat(statistics.waiting()).isZero();
              assertThat(statistics.loggingIn()).isZero();
              assertThat(statistics.total()).isEqualTo(statistics.idle());
              assertThat(opened).hasValue(statistics.total());
            });
  }

  private void report(UserPoolManager manager, Duration recovery) {
    System.out.printf(
        "soak: seed %d, %d answers, failures by SQLState %s, most open %d, most seen by the server"
            + " %d, ten users served %d ms after the last fault, %s%n",
        seed,
        answers.sum(),
        failures,
        most.get(),
        mostSeenByServer.get(),
        recovery.toMillis(),
        manager.statistics());
  }
}
