package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A driver each of whose calls may hang, at random, for ever. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HangSoakTest {
  private static final int BUDGET = 10;
  private static final int THREADS = 12;
  private static final int TIMES = 60;

  private final HangingServer server = new HangingServer();
  private final AtomicInteger served = new AtomicInteger();

  @Test
  void whatever_hangs_the_budget_holds_and_afterwards_everybody_is_served() throws Exception {
    long seed = System.nanoTime();
    System.out.println("hangs: seed " + seed);
    ExecutorService callers = Executors.newCachedThreadPool();
    UserPoolManager manager =
        UserPoolManager.builder(server, user -> Secret.of("secret"))
            .maxConnections(BUDGET)
            .connectionTimeout(Duration.ofMillis(300))
            .validationTimeout(Duration.ofMillis(100))
            .keepaliveTime(Duration.ofMillis(100))
            .closeGracePeriod(Duration.ofMillis(200))
            .build();
    // An abort that hangs as well is given up, and who could count its connection?
    server.hangs =
        (user, call) -> !call.equals("abort") && ThreadLocalRandom.current().nextInt(25) == 0;
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(seed + i);
      all.add(callers.submit(() -> work(manager, random)));
    }
    for (Future<?> each : all) {
      each.get(50, TimeUnit.SECONDS);
    }
    assertThat(server.peak).as("budget").hasValueLessThanOrEqualTo(BUDGET);
    assertThat(served).hasPositiveValue();

    server.heal(); // what hangs now hangs on
    await().untilAsserted(() -> assertThat(manager.statistics().inUse()).isZero());
    long began = System.nanoTime();
    for (int i = 0; i < BUDGET; i++) {
      manager.getPool("after" + i).getConnection(Duration.ofSeconds(5)).close();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));

    began = System.nanoTime();
    manager.close();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
    assertThat(manager.statistics().total()).isZero();
    server.letGo();
    callers.shutdown();
    await().untilAsserted(() -> assertThat(server.open).isEmpty());
  }

  private void work(UserPoolManager manager, Random random) {
    for (int i = 0; i < TIMES; i++) {
      String user = "user" + random.nextInt(20);
      try (Connection connection = manager.getPool(user).getConnection()) {
        assertThat(connection.toString()).contains("\"" + user + "\"");
        served.incrementAndGet();
        if (random.nextBoolean()) {
          connection.createStatement();
        }
      } catch (SQLException expected) {
        // a time-out, or a call that was aborted
      }
    }
  }
}
