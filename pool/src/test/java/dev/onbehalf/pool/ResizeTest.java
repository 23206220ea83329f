package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The budget moves while connections are open. */
@Timeout(60)
final class ResizeTest {
  private final StubServer server = new StubServer();
  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final UserPoolManager manager =
      UserPoolManager.builder(server, user -> Secret.of("secret"))
          .maxConnections(8)
          .maxConnectionsPerUser(2)
          .connectionTimeout(Duration.ofSeconds(10))
          .closeGracePeriod(Duration.ZERO)
          .build();

  @AfterEach
  void close() {
    manager.close();
    callers.shutdownNow();
    assertThat(server.live).hasValue(0);
  }

  @Test
  void what_is_idle_goes_at_once_and_what_is_in_use_when_it_comes_back() throws SQLException {
    List<Connection> used = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      used.add(manager.getPool("busy" + i).getConnection());
    }
    for (int i = 0; i < 4; i++) {
      manager.getPool("idle" + i).getConnection().close();
    }
    manager.resize(3);
    await().untilAsserted(() -> assertThat(manager.statistics().total()).isEqualTo(4));
    assertThat(manager.statistics().idle()).isZero();
    for (Connection each : used) {
      assertThat(each.isClosed()).as("in use").isFalse();
    }
    used.get(0).close();
    await().untilAsserted(() -> assertThat(server.live).hasValue(3));
    used.get(1).close();
    manager.getPool("busy1").getConnection().close();
    assertThat(server.loginsOf("busy1")).as("within the budget it is kept").isEqualTo(1);
    for (Connection each : used) {
      each.close();
    }
  }

  @Test
  void with_none_callers_wait_until_there_are_some() throws Exception {
    manager.resize(0);
    Future<Connection> waiting = callers.submit(() -> manager.getPool("alice").getConnection());
    await().untilAsserted(() -> assertThat(manager.statistics().waiting()).isEqualTo(1));
    assertThat(server.live).hasValue(0);
    manager.resize(1);
    waiting.get(10, TimeUnit.SECONDS).close();
    manager.resize(0);
    await().untilAsserted(() -> assertThat(server.live).hasValue(0));
    assertThatThrownBy(() -> manager.getPool("alice").getConnection(Duration.ofMillis(50)))
        .isInstanceOf(ConnectionTimeoutException.class);
    assertThatThrownBy(() -> manager.resize(9)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> manager.resize(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void with_none_nobody_gets_what_was_being_opened_either() throws Exception {
    server.gate.drainPermits();
    Future<Connection> waiting =
        callers.submit(() -> manager.getPool("alice").getConnection(Duration.ofSeconds(10)));
    await().until(() -> server.logins.size() == 1);
    manager.resize(0);
    server.gate.release(1_000_000);
    await().until(() -> server.peak.get() == 1);
    await().untilAsserted(() -> assertThat(server.live).hasValue(0));
    assertThat(waiting).isNotDone();
    manager.resize(8);
    waiting.get(10, TimeUnit.SECONDS).close();
  }

  /** As the builder says of {@code resize}: the reserve comes first. */
  @Test
  void below_the_reserve_its_owner_is_served_and_others_wait() throws Exception {
    UserPool application = manager.getPool("app", new UserPoolOverrides(3, 2));
    manager.resize(2);
    application.getConnection().close();
    assertThatThrownBy(() -> manager.getPool("alice").getConnection(Duration.ofMillis(50)))
        .isInstanceOf(ConnectionTimeoutException.class);
    Future<Connection> alice = callers.submit(() -> manager.getPool("alice").getConnection());
    await().untilAsserted(() -> assertThat(manager.statistics().waiting()).isEqualTo(1));
    manager.resize(3);
    alice.get(10, TimeUnit.SECONDS).close();
  }

  @Test
  void never_more_than_there_may_be_while_it_moves_under_load() throws Exception {
    long seed = System.nanoTime();
    AtomicBoolean over = new AtomicBoolean();
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Random random = new Random(seed + i);
      running.add(
          callers.submit(
              () -> {
                while (!over.get()) {
                  manager.getPool("user" + random.nextInt(12)).getConnection().close();
                }
                return null;
              }));
    }
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      int size = random.nextInt(9);
      manager.resize(size);
      await()
          .atMost(Duration.ofSeconds(5))
          .pollInterval(Duration.ofMillis(1))
          .untilAsserted(() -> assertThat(manager.statistics().total()).isLessThanOrEqualTo(size));
      server.peak.set(server.live.get());
      if (size > 0) {
        manager.getPool("another").getConnection().close();
      }
      assertThat(server.peak.get()).as("seed %s", seed).isLessThanOrEqualTo(size);
    }
    manager.resize(8);
    over.set(true);
    for (Future<?> each : running) {
      each.get(10, TimeUnit.SECONDS);
    }
  }
}
