package dev.onbehalf.pool;

import static java.util.concurrent.TimeUnit.SECONDS;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BudgetTest {
  private final StubServer server = new StubServer();
  private final UserPoolManager manager =
      UserPoolManager.builder(server, user -> Secret.of("secret"))
          .maxConnections(4)
          .maxConnectionsPerUser(2)
          .connectionTimeout(Duration.ofMillis(700))
          .closeGracePeriod(Duration.ZERO)
          .build();

  @AfterEach
  void close() {
    manager.close();
    assertThat(server.live).hasValue(0);
  }

  @Test
  void a_user_gets_their_idle_connection_again() throws SQLException {
    manager.getPool("alice").getConnection().close();
    manager.getPool("alice").getConnection().close();

    assertThat(server.logins).containsExactly("alice");
    assertThat(manager.statistics().reuseRate()).isEqualTo(0.5);
  }

  @Test
  void the_newest_idle_connection_is_taken_first() throws SQLException {
    Connection first = manager.getPool("alice").getConnection();
    Connection second = manager.getPool("alice").getConnection();
    first.close();
    second.close();

    try (Connection again = manager.getPool("alice").getConnection()) {
      again.commit();
      assertThat(server.sessions.get(0).calls("commit")).isZero();
      assertThat(server.sessions.get(1).calls("commit")).isEqualTo(1);
    }
  }

  @Test
  void a_driver_that_wants_to_know_hears_where_requests_begin_and_end() throws SQLException {
    server.hearsRequests = true;
    manager.getPool("alice").getConnection().close();
    manager.getPool("alice").getConnection().close();

    assertThat(server.sessions.get(0).calls("beginRequest")).isEqualTo(2);
    assertThat(server.sessions.get(0).calls("endRequest")).isEqualTo(2);
  }

  @Test
  void a_driver_that_fails_to_hear_of_a_request_does_not_serve_a_second_one() throws SQLException {
    server.hearsRequests = true;
    manager.getPool("alice").getConnection().close();
    server.sessions.get(0).failures.put("beginRequest", new IllegalStateException("a bug"));

    manager.getPool("alice").getConnection().close();
    manager.getPool("alice").getConnection().close();
    assertThat(server.logins).containsExactly("alice", "alice");
    assertThat(manager.statistics().evicted().broken()).isEqualTo(1);
  }

  @Test
  void an_error_while_a_connection_is_cleaned_or_closed_loses_no_place() throws SQLException {
    Connection connection = manager.getPool("alice").getConnection();
    connection.createStatement();
    server.sessions.get(0).failures.put("clearWarnings", new StackOverflowError("of the caller"));
    server.sessions.get(0).failures.put("close", new NoClassDefFoundError("of the driver"));

    assertThatThrownBy(connection::close).isInstanceOf(StackOverflowError.class);
    await().untilAsserted(() -> assertThat(manager.statistics().total()).isZero());
    server.live.decrementAndGet(); // which its close() has not done
  }

  @Test
  void a_borrower_who_did_nothing_costs_the_driver_nothing() throws SQLException {
    manager.getPool("alice").getConnection().close();
    int before = server.sessions.get(0).calls.size();
    manager.getPool("alice").getConnection().close();
    assertThat(server.sessions.get(0).calls).hasSize(before);
    assertThat(server.sessions.get(0).calls("clearWarnings")).isZero();
  }

  @Test
  void no_user_exceeds_their_maximum() throws SQLException {
    try (Connection one = manager.getPool("alice").getConnection();
        Connection two = manager.getPool("alice").getConnection()) {
      assertThat(one).isNotSameAs(two);
      assertThatThrownBy(() -> manager.getPool("alice").getConnection())
          .isInstanceOf(ConnectionTimeoutException.class);
    }
    assertThat(server.peak).hasValue(2);
  }

  @Test
  void an_idle_connection_of_another_user_makes_place_when_the_budget_is_full()
      throws SQLException {
    for (String user : List.of("alice", "bob", "carol", "dave", "erin")) {
      manager.getPool(user).getConnection().close();
    }

    assertThat(server.peak).hasValue(4);
    assertThat(manager.size()).isEqualTo(4);
    assertThat(manager.hasPool("erin")).isTrue();
    assertThat(manager.statistics().evicted().budget()).isEqualTo(1);
  }

  @Test
  void connections_in_use_are_never_taken_away() throws SQLException {
    List<Connection> held = new ArrayList<>();
    for (String user : List.of("alice", "bob", "carol", "dave")) {
      held.add(manager.getPool(user).getConnection());
    }

    assertThatThrownBy(() -> manager.getPool("erin").getConnection())
        .isInstanceOfSatisfying(
            ConnectionTimeoutException.class,
            e -> {
              assertThat(e.maxConnections()).isEqualTo(4);
              assertThat(e.connections()).isEqualTo(4);
              assertThat(e.inUse()).isEqualTo(4);
              assertThat(e.usersWaiting()).isEqualTo(1);
            });
    for (Connection connection : held) {
      assertThat(connection.isClosed()).isFalse();
      connection.close();
    }
  }

  @Test
  void nobody_takes_a_reserved_place() throws SQLException {
    UserPool principal = manager.getPool("app", new UserPoolOverrides(2, 2));
    try (Connection one = manager.getPool("alice").getConnection();
        Connection two = manager.getPool("bob").getConnection()) {
      assertThat(one).isNotSameAs(two);
      assertThatThrownBy(() -> manager.getPool("carol").getConnection())
          .isInstanceOf(ConnectionTimeoutException.class);
      principal.getConnection().close();
      assertThatThrownBy(() -> manager.getPool("carol").getConnection())
          .isInstanceOf(ConnectionTimeoutException.class);
      assertThat(principal.statistics().idle()).isEqualTo(1);
    }
  }

  @Test
  void under_load_of_many_users_no_limit_is_ever_broken() throws Exception {
    long seed = System.nanoTime();
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try (UserPoolManager busy =
        UserPoolManager.builder(server, user -> Secret.of("secret"))
            .maxConnections(4)
            .maxConnectionsPerUser(2)
            .connectionTimeout(Duration.ofSeconds(20))
            .build()) {
      List<Future<?>> results = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        Random random = new Random(seed + i);
        results.add(
            threads.submit(
                () -> {
                  for (int request = 0; request < 500; request++) {
                    String user = "user" + random.nextInt(12);
                    try (Connection connection = busy.getPool(user).getConnection()) {
                      assertThat(connection.toString()).contains('"' + user + '"');
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> result : results) {
        assertThat(result.get(60, SECONDS)).as("seed %d", seed).isNull();
      }
      assertThat(server.peak.get()).as("seed %d", seed).isLessThanOrEqualTo(4);
      await()
          .untilAsserted(
              () -> {
                PoolStatistics statistics = busy.statistics();
                assertThat(statistics.inUse()).isZero();
                assertThat(statistics.waiting()).isZero();
                assertThat(statistics.loggingIn()).isZero();
                assertThat(statistics.total()).isEqualTo(statistics.idle());
              });
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void an_error_while_a_connection_is_lent_loses_no_place() throws SQLException {
    server.hearsRequests = true;
    manager.getPool("alice").getConnection().close();
    server.sessions.get(0).failures.put("beginRequest", new StackOverflowError("of the caller"));

    assertThatThrownBy(() -> manager.getPool("alice").getConnection())
        .isInstanceOf(StackOverflowError.class);
    await().untilAsserted(() -> assertThat(manager.statistics().total()).isZero());
  }
}
