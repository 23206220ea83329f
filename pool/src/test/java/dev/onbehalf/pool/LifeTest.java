package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** How connections and users come and go. */
final class LifeTest {
  private final StubServer server = new StubServer();

  private UserPoolManager manager(UnaryOperator<UserPoolManager.Builder> settings) {
    return settings
        .apply(
            UserPoolManager.builder(server, user -> Secret.of("secret"))
                .connectionTimeout(Duration.ofSeconds(20)))
        .build();
  }

  @Test
  void an_idle_connection_closes_and_its_user_is_forgotten() throws SQLException {
    try (UserPoolManager manager = manager(b -> b.idleTimeout(Duration.ofMillis(50)))) {
      UserPool pool = manager.getPool("alice");
      pool.getConnection().close();
      await().untilAsserted(() -> assertThat(manager.size()).isZero());
      assertThat(server.live).hasValue(0);
      assertThat(manager.statistics().evicted().idle()).isEqualTo(1);

      pool.getConnection().close();
      assertThat(manager.hasPool("alice")).isTrue();
    }
  }

  @Test
  void a_user_who_was_only_asked_for_is_forgotten() {
    try (UserPoolManager manager = manager(b -> b.idleTimeout(Duration.ofMillis(50)))) {
      assertThat(manager.getPool("alice")).isSameAs(manager.getPool("alice"));
      await().untilAsserted(() -> assertThat(manager.hasPool("alice")).isFalse());
    }
  }

  @Test
  void of_a_user_whose_connection_was_anothers_need_nothing_is_kept() throws SQLException {
    List<WeakReference<UserPool>> pools = new ArrayList<>();
    try (UserPoolManager manager = manager(b -> b.maxConnections(2))) {
      for (int i = 0; i < 200; i++) {
        UserPool pool = manager.getPool("user " + i);
        pool.getConnection().close();
        pools.add(new WeakReference<>(pool));
      }
      await()
          .untilAsserted(
              () -> {
                System.gc();
                assertThat(pools).filteredOn(pool -> pool.get() != null).hasSizeLessThan(10);
              });
      assertThat(manager.size()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void a_user_with_overrides_is_not_forgotten_until_closed() throws SQLException {
    try (UserPoolManager manager = manager(b -> b.idleTimeout(Duration.ofMillis(20)))) {
      manager.getPool("app", new UserPoolOverrides(5, 1)).getConnection().close();
      await().untilAsserted(() -> assertThat(server.live).hasValue(0));
      assertThat(manager.getPool("app").statistics().reserve()).isEqualTo(1);

      manager.closePool("app");
      assertThat(manager.hasPool("app")).isFalse();
    }
  }

  @Test
  void an_old_handle_finds_the_users_new_connections() throws SQLException {
    try (UserPoolManager manager = manager(b -> b)) {
      UserPool old = manager.getPool("alice");
      manager.closePool("alice");
      UserPool young = manager.getPool("alice");
      young.getConnection().close();
      old.getConnection().close();

      assertThat(server.logins).containsExactly("alice");
      assertThat(manager.size()).isEqualTo(1);
    }
  }

  @Test
  void a_connection_of_a_closed_pool_ends_when_it_comes_back() throws SQLException {
    try (UserPoolManager manager = manager(b -> b)) {
      Connection connection = manager.getPool("alice").getConnection();
      manager.closePool("alice");
      assertThat(connection.isClosed()).isFalse();
      connection.close();
      await().untilAsserted(() -> assertThat(server.live).hasValue(0));
      assertThat(manager.hasPool("alice")).isFalse();
    }
  }

  @Test
  void a_connection_past_its_lifetime_ends() throws SQLException {
    try (UserPoolManager manager = manager(b -> b.maxLifetime(Duration.ofMillis(50)))) {
      manager.getPool("alice").getConnection().close();
      await().untilAsserted(() -> assertThat(server.live).hasValue(0));
      assertThat(manager.statistics().evicted().lifetime()).isEqualTo(1);
    }
  }

  @Test
  void closing_waits_for_connections_in_use_and_then_aborts_them() throws SQLException {
    UserPoolManager manager = manager(b -> b.closeGracePeriod(Duration.ofMillis(50)));
    Connection connection = manager.getPool("alice").getConnection();
    manager.close();

    assertThat(server.sessions.get(0).calls("abort")).isEqualTo(1);
    assertThat(server.live).hasValue(0);
    connection.close();
    manager.close();
    assertThatThrownBy(() -> manager.getPool("alice")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void no_thread_is_left_after_closing() throws SQLException {
    try (UserPoolManager manager = manager(b -> b)) {
      manager.getPool("alice").getConnection().close();
    }
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(t -> t.getName().startsWith("onbehalf-pool") && t.isAlive()));
  }

  @Test
  void a_setting_out_of_bounds_is_named_with_its_value() {
    assertBad(b -> b.maxConnections(0), "maxConnections must be at least 1, not 0");
    assertBad(b -> b.maxConnectionsPerUser(-1), "maxConnectionsPerUser must be at least 1, not -1");
    assertBad(b -> b.maxLoginsInFlight(0), "maxLoginsInFlight must be at least 1, not 0");
    assertBad(b -> b.connectionTimeout(Duration.ZERO), "connectionTimeout", "PT0S");
    assertBad(b -> b.idleTimeout(Duration.ofSeconds(-1)), "idleTimeout", "PT-1S");
    assertBad(b -> b.maxLifetime(Duration.ofDays(366)), "maxLifetime", "PT8784H");
    assertBad(b -> b.rlsCheckMaxAge(Duration.ofHours(2)), "rlsCheckMaxAge", "PT2H");
    assertBad(b -> b.rlsCheckMaxAge(Duration.ofMillis(-1)), "rlsCheckMaxAge", "PT-0.001S");
    assertBad(b -> b.validationTimeout(Duration.ofSeconds(Long.MAX_VALUE)), "validationTimeout");
  }

  private void assertBad(UnaryOperator<UserPoolManager.Builder> settings, String... parts) {
    assertThatThrownBy(() -> manager(settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void reserves_over_the_budget_are_refused() {
    assertThatThrownBy(() -> new UserPoolOverrides(2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3");
    try (UserPoolManager manager = manager(b -> b.maxConnections(3))) {
      manager.getPool("one", new UserPoolOverrides(2, 2));
      assertThatThrownBy(() -> manager.getPool("two", new UserPoolOverrides(2, 2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("two", "reserve 2", "maxConnections 3");
    }
  }

  @Test
  void an_interrupt_cuts_the_waiting_short_and_leaves_no_connection_open() throws SQLException {
    UserPoolManager manager = manager(b -> b.maxLoginsInFlight(1));
    for (String user : List.of("alice", "bob", "carol", "dave", "erin")) {
      manager.getPool(user).getConnection().close();
    }
    for (StubServer.Session hanging : server.sessions.subList(0, 3)) { // as many as threads
      hanging.holdClose = new CountDownLatch(1);
      manager.closePool(hanging.user);
      await().until(() -> hanging.calls("close") == 1);
    }
    Thread.currentThread().interrupt();
    manager.close();

    assertThat(Thread.interrupted()).isTrue();
    await().untilAsserted(() -> assertThat(server.live).hasValue(3));
  }

  @Test
  @SuppressWarnings("NullAway") // what a careless caller does
  void what_is_missing_is_named() {
    assertMissing(b -> b.connectionTimeout(null), "connectionTimeout");
    assertMissing(b -> b.tableOwners(null), "tableOwners");
    assertMissing(b -> b.observer(null), "observer");
    try (UserPoolManager manager = manager(b -> b)) {
      assertThatThrownBy(() -> manager.getPool(null))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("the user must not be null");
    }
  }

  private void assertMissing(UnaryOperator<UserPoolManager.Builder> settings, String part) {
    assertThatThrownBy(() -> manager(settings).close())
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining(part);
  }
}
