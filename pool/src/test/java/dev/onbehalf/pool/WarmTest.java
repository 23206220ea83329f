package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Connections that are there before somebody asks, renewed ones, and none for a while. */
final class WarmTest {
  private final StubServer server = new StubServer();

  private UserPoolManager.Builder manager() {
    return UserPoolManager.builder(server, user -> Secret.of("secret"))
        .connectionTimeout(Duration.ofSeconds(5));
  }

  @Test
  void warm_connections_are_logged_in_before_anybody_asks_and_kept() {
    try (UserPoolManager manager = manager().idleTimeout(Duration.ofMillis(50)).build()) {
      manager.getPool("app", new UserPoolOverrides(5, 0, 3, false));
      await().until(() -> manager.statistics().idle() == 3);
      UserPoolStatistics before = manager.getPool("app").statistics();
      manager.getPool("somebody");
      await().until(() -> !manager.hasPool("somebody")); // the housekeeper has come by
      assertThat(before.total()).isEqualTo(3);
      assertThat(manager.getPool("app").statistics().total()).isEqualTo(3);

      server.sessions.forEach(session -> session.dead = true);
      manager.evict("app");
      await().until(() -> server.loginsOf("app") == 6 && manager.statistics().idle() == 3);
    }
  }

  @Test
  void warm_connections_take_nobody_elses_place() throws SQLException {
    try (UserPoolManager manager = manager().maxConnections(2).build();
        Connection alices = manager.getPool("alice").getConnection()) {
      manager.getPool("app", new UserPoolOverrides(2, 0, 2, false));
      await().until(() -> manager.getPool("app").statistics().idle() == 1);
      manager.getPool("bob").getConnection().close();
      assertThat(alices.isClosed()).isFalse();
      assertThat(manager.statistics().total()).isEqualTo(2);
    }
  }

  @Test
  void who_is_about_to_ask_finds_a_login_under_way() throws SQLException {
    try (UserPoolManager manager = manager().maxConnections(1).build()) {
      UserPool alice = manager.getPool("alice");
      alice.prewarm();
      await().until(() -> alice.statistics().idle() == 1);
      alice.prewarm();
      alice.getConnection().close();
      assertThat(server.loginsOf("alice")).isEqualTo(1);

      manager.getPool("bob").prewarm();
      assertThat(manager.statistics().evicted().budget()).isZero();
      assertThat(server.loginsOf("bob")).isZero();
    }
  }

  @Test
  void evicted_connections_serve_nobody_new_and_nobody_fails() throws SQLException {
    try (UserPoolManager manager = manager().build();
        Connection used = manager.getPool("alice").getConnection()) {
      manager.getPool("bob").getConnection().close();
      manager.evictAll();
      await().until(() -> manager.statistics().total() == 1);
      assertThat(used.isClosed()).isFalse();
      used.close();
      await().until(() -> manager.statistics().total() == 0);
      manager.getPool("alice").getConnection().close();
      assertThat(server.loginsOf("alice")).isEqualTo(2);
    }
  }

  @Test
  void while_suspended_callers_wait_and_then_are_served() throws SQLException {
    try (UserPoolManager manager = manager().build()) {
      UserPool alice = manager.getPool("alice");
      alice.getConnection().close();
      manager.suspend();
      assertThatThrownBy(() -> alice.getConnection(Duration.ofMillis(50)))
          .isInstanceOf(ConnectionTimeoutException.class);
      Thread resumes =
          new Thread(
              () -> {
                await().until(() -> manager.statistics().waiting() == 1);
                manager.resume();
              });
      resumes.start();
      alice.getConnection().close();
      assertThat(server.loginsOf("alice")).isEqualTo(1);
    }
  }

  @Test
  void an_exemption_that_ends_ends_connections_that_nobody_looked_at() throws SQLException {
    try (UserPoolManager manager = manager().build()) {
      manager.getPool("app", new UserPoolOverrides(3, 0, true)).getConnection().close();
      UserPool held = manager.getPool("app", new UserPoolOverrides(3, 0, false));
      held.getConnection().close();
      assertThat(server.loginsOf("app")).isEqualTo(2);
    }
  }

  @Test
  void reserves_are_counted_beyond_what_an_int_holds() throws SQLException {
    try (UserPoolManager manager = manager().maxLoginsInFlight(Integer.MAX_VALUE).build()) {
      manager.getPool("app", new UserPoolOverrides(5, 5));
      assertThatThrownBy(
              () ->
                  manager.getPool(
                      "other", new UserPoolOverrides(Integer.MAX_VALUE, Integer.MAX_VALUE)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("over maxConnections 50");
      manager.getPool("alice").getConnection().close();
    }
  }

  @Test
  void a_new_session_is_prepared_once_and_an_error_of_ones_own_ends_it() throws SQLException {
    List<String> prepared = new CopyOnWriteArrayList<>();
    try (UserPoolManager manager =
        manager()
            .socketTimeout(Duration.ofSeconds(7))
            .sessionInitializer(
                (user, connection) -> prepared.add(user + connection.getNetworkTimeout()))
            .fatalErrors(error -> "25006".equals(error.getSQLState()))
            .build()) {
      manager.getPool("alice").getConnection().close();
      server.sessions.get(0).failures.put("setSavepoint", new SQLException("standby", "25006"));
      try (Connection connection = manager.getPool("alice").getConnection()) {
        assertThatThrownBy(connection::setSavepoint).isInstanceOf(SQLException.class);
      }
      manager.getPool("alice").getConnection().close();
      assertThat(prepared).containsExactly("alice7000", "alice7000");
    }
  }
}
