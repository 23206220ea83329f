package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPool;
import dev.onbehalf.pool.UserPoolManager;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.work.WorkerThreads;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers whose stack runs out wherever it happens to: they lose no place and no lock. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OverflowTest {
  private static final int THREADS = 60;
  private static final int PLACES = 10;

  private final AtomicInteger overflows = new AtomicInteger();

  /** Borrows at each depth, with frames of several sizes, so that each line meets the end once. */
  @SuppressWarnings("InfiniteRecursion") // until the stack ends it
  private void descend(UserPoolManager manager, int depth, int stride) throws SQLException {
    String user = "user" + depth % 7;
    Connection connection = manager.getPool(user).getConnection();
    try {
      if (depth % 3 == 0) {
        connection.createStatement();
      }
    } finally {
      connection.close();
    }
    if (stride > 0) {
      stumble(stride, 1, 2, 3);
    }
    descend(manager, depth + 1, stride);
  }

  private static long stumble(int times, long a, long b, long c) {
    return times == 0 ? a : stumble(times - 1, b, c, a) + 1;
  }

  private void overflow(UserPoolManager manager, int number) {
    try {
      descend(manager, number, number % 5);
    } catch (StackOverflowError e) {
      overflows.incrementAndGet();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void overflowing_callers_lose_no_place() throws Exception {
    try (UserPoolManager manager =
        UserPoolManager.builder(
                (user, credential) -> StubDriver.connection(user, connection -> {}),
                user -> Secret.of("secret"))
            .maxConnections(PLACES)
            .maxConnectionsPerUser(PLACES)
            .validationTimeout(Duration.ofMillis(500))
            .build()) {
      for (int i = 0; i < THREADS; i++) {
        int number = i;
        long stack = 256_000 + 1_024L * (i % 16);
        Thread thread = new Thread(null, () -> overflow(manager, number), "deep-" + i, stack);
        thread.start();
        thread.join(30_000);
        assertThat(thread.isAlive()).as("thread %s hangs", i).isFalse();
      }
      assertThat(overflows).hasValue(THREADS);

      List<Connection> all = new ArrayList<>();
      for (int i = 0; i < PLACES; i++) {
        all.add(manager.getPool("alice").getConnection());
      }
      for (Connection each : all) {
        each.close();
      }
      await().untilAsserted(() -> assertThat(manager.statistics().inUse()).isZero());
    }
  }

  @SuppressWarnings("InfiniteRecursion") // until the stack ends it
  private static void descend(Runnable borrow) {
    borrow.run();
    descend(borrow);
  }

  private void overflow(Runnable borrow) {
    try {
      descend(borrow);
    } catch (StackOverflowError e) {
      overflows.incrementAndGet();
    }
  }

  @Test
  void callers_whose_stack_ends_before_an_idle_connection_is_looked_at_lose_no_place()
      throws Exception {
    AtomicLong now = new AtomicLong();
    Login login =
        new Login(
            (user, credential) -> StubDriver.connection(user, connection -> {}),
            user -> Secret.of("secret"));
    Engine engine = new Engine(Settings.DEFAULTS, login, now::get, new WorkerThreads());
    UserPool alice = engine.pools().get("alice");
    Runnable borrow =
        () -> {
          now.addAndGet(1_000_000_000L); // so that it has to be looked at
          try {
            alice.getConnection().close();
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        };
    for (int i = 0; i < 5; i++) { // more than alice's connections
      Thread thread = new Thread(null, () -> overflow(borrow), "deep-" + i, 256_000);
      thread.start();
      thread.join(30_000);
      assertThat(thread.isAlive()).as("thread %s hangs", i).isFalse();
      now.addAndGet(1_000_000_000L);
      engine.sweep();
    }
    assertThat(overflows).hasValue(5);
    await().untilAsserted(() -> assertThat(engine.statistics().ofAll().inUse()).isZero());
    engine.close();
  }
}
