package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A user's maximum that is lowered while they have more. */
final class MaximumLoweredTest {
  private final StubServer server = new StubServer();
  private final UserPoolManager manager =
      UserPoolManager.builder(server, user -> Secret.of("secret")).maxConnections(10).build();

  @AfterEach
  void close() {
    manager.close();
  }

  private List<Connection> take(int connections) throws SQLException {
    UserPool pool = manager.getPool("alice", new UserPoolOverrides(connections, 0));
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      all.add(pool.getConnection());
    }
    return all;
  }

  private static void close(List<Connection> connections) throws SQLException {
    for (Connection each : connections) {
      each.close();
    }
  }

  private void awaitOpen(int connections) {
    await().untilAsserted(() -> assertThat(server.live).hasValue(connections));
  }

  @Test
  void idle_ones_beyond_it_close_at_once() throws SQLException {
    close(take(6));
    manager.getPool("alice", new UserPoolOverrides(2, 0));
    awaitOpen(2);
    assertThat(manager.statistics().idle()).isEqualTo(2);
  }

  @Test
  void those_in_use_close_when_they_come_back_and_the_rest_stays() throws SQLException {
    List<Connection> all = take(6);
    manager.getPool("alice", new UserPoolOverrides(2, 0));
    assertThat(server.live).hasValue(6);
    close(all);
    awaitOpen(2);
    take(2).get(0).close();
    assertThat(server.logins).as("the two that were left").hasSize(6);
  }

  @Test
  void what_goes_already_is_not_counted_again() throws SQLException {
    List<Connection> all = take(6);
    manager.getPool("alice", new UserPoolOverrides(4, 0));
    manager.getPool("alice", new UserPoolOverrides(4, 1));
    manager.getPool("alice", new UserPoolOverrides(4, 2));
    manager.getPool("alice", new UserPoolOverrides(3, 2));
    close(all);
    awaitOpen(3);
    assertThat(manager.statistics().idle()).isEqualTo(3);
  }

  @Test
  void what_was_being_opened_counts_when_it_is_open() throws Exception {
    server.gate.drainPermits();
    UserPool pool = manager.getPool("alice", new UserPoolOverrides(4, 0));
    ExecutorService callers = Executors.newCachedThreadPool();
    try {
      for (int i = 0; i < 4; i++) {
        callers.execute(() -> use(pool));
      }
      // one person's share of the logins in flight
      await().untilAsserted(() -> assertThat(manager.statistics().loggingIn()).isEqualTo(2));
      manager.getPool("alice", new UserPoolOverrides(1, 0));
      server.gate.release(1_000_000);
      await().untilAsserted(() -> assertThat(manager.statistics().waiting()).isZero());
      awaitOpen(1);
    } finally {
      callers.shutdownNow();
    }
  }

  private static void use(UserPool pool) {
    try {
      pool.getConnection().close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_maximum_that_rises_closes_nothing() throws SQLException {
    close(take(2));
    manager.getPool("alice", new UserPoolOverrides(5, 1));
    assertThat(server.live).hasValue(2);
    assertThat(manager.statistics().idle()).isEqualTo(2);
  }
}
