package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Four instances that know nothing of each other, and a server that bears half of what they may
 * hold together: everybody is served, and no request fails that could have waited.
 */
@Timeout(90)
final class CrowdedServerTest {
  private static final int BEARS = 20; // and 3 of them for the superuser
  private static final int BUDGET = 9; // 36 together
  private static final int PEOPLE = 30;
  private static final int CALLERS = 6;
  private static final Duration TIME = Duration.ofSeconds(5);

  private final long seed = System.nanoTime();
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final AtomicInteger refused = new AtomicInteger();

  /** Until each caller was served once more; who waits then meets connections that rest. */
  private final CountDownLatch served = new CountDownLatch(4 * CALLERS);

  @Test
  void all_live_and_nobody_fails_who_could_have_waited() throws Exception {
    ExecutorService callers = Executors.newCachedThreadPool();
    List<UserPoolManager> instances = new ArrayList<>();
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .setPGStartupWait(Duration.ofMinutes(1))
            .setServerConfig("max_connections", Integer.toString(BEARS))
            .start()) {
      makePeople(postgres);
      for (int i = 0; i < 4; i++) {
        instances.add(manager(postgres));
      }
      List<LongAdder> each = new ArrayList<>();
      AtomicLong longest = new AtomicLong();
      List<Future<?>> running = new ArrayList<>();
      long end = System.nanoTime() + TIME.toNanos();
      for (UserPoolManager instance : instances) {
        LongAdder own = new LongAdder();
        each.add(own);
        for (int caller = 0; caller < CALLERS; caller++) {
          Random random = new Random(seed + running.size());
          running.add(callers.submit(() -> work(instance, random, end, own, longest)));
        }
      }
      for (Future<?> caller : running) {
        caller.get(60, TimeUnit.SECONDS);
      }
      long all = each.stream().mapToLong(LongAdder::sum).sum();
      System.out.printf(
          "%s served, %s of it; %s refused by the server; longest wait %s; seed %s%n",
          all, each, refused, Duration.ofNanos(longest.get()), seed);
      assertThat(failures).as("seed %s", seed).isEmpty();
      assertThat(refused).as("the server was full").hasPositiveValue();
      for (LongAdder own : each) {
        assertThat(own.sum()).as("each lives, seed %s", seed).isGreaterThan(all / 50);
      }
    } finally {
      instances.forEach(UserPoolManager::close);
      callers.shutdownNow();
    }
  }

  private static void makePeople(EmbeddedPostgres postgres) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < PEOPLE; i++) {
        statement.execute("create role p" + i + " login");
      }
    }
  }

  private UserPoolManager manager(EmbeddedPostgres postgres) {
    ConnectionFactory factory =
        (user, credential) -> {
          try {
            return DriverManager.getConnection(postgres.getJdbcUrl(user, "postgres"));
          } catch (SQLException e) {
            if ("53300".equals(e.getSQLState())) {
              refused.incrementAndGet();
            }
            throw e;
          }
        };
    return UserPoolManager.builder(factory, user -> Secret.of("any"))
        .maxConnections(BUDGET)
        .connectionTimeout(Duration.ofSeconds(10))
        .build();
  }

  private void work(
      UserPoolManager instance, Random random, long end, LongAdder own, AtomicLong longest) {
    boolean last = false;
    while (served.getCount() > 0) {
      UserPool person = instance.getPool("p" + random.nextInt(PEOPLE));
      long asked = System.nanoTime();
      try (Connection connection = person.getConnection();
          Statement statement = connection.createStatement()) {
        longest.accumulateAndGet(System.nanoTime() - asked, Math::max);
        statement.execute("select pg_catalog.pg_sleep(0.002)");
        own.increment();
      } catch (SQLException e) {
        failures
            .computeIfAbsent(String.valueOf(e.getMessage()), key -> new LongAdder())
            .increment();
      }
      if (!last && end - System.nanoTime() <= 0) {
        last = true;
        served.countDown();
      }
    }
  }
}
