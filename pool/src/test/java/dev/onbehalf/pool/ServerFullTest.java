package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.ConnectionTimeoutException.Bottleneck;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** A server that bears nine connections, and a budget of fifty. */
final class ServerFullTest {
  private static final int BEARS = 9;

  /** What PostgreSQL 16 and later say where a person meets the superuser's last slots. */
  private static final String RESERVED =
      "FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute";

  private final StubServer server = new StubServer();
  private final ExecutorService callers = Executors.newCachedThreadPool();
  private volatile int bears = BEARS;
  private volatile String refusal = "sorry, too many clients already";

  private synchronized Connection connect(String user, Secret credential) throws SQLException {
    if (server.live.get() >= bears) {
      throw new SQLException(refusal, "53300");
    }
    return server.connect(user, credential);
  }

  private UserPoolManager.Builder manager() {
    return UserPoolManager.builder(this::connect, user -> Secret.of("secret"))
        .connectionTimeout(Duration.ofSeconds(10));
  }

  @AfterEach
  void end() {
    callers.shutdownNow();
  }

  /** Each keeps the connection until three have come after them, or nobody does any more. */
  @Test
  void fifteen_people_at_once_are_all_served_as_connections_come_back() throws Exception {
    try (UserPoolManager manager = manager().build()) {
      List<Future<Connection>> people = new ArrayList<>();
      for (int i = 0; i < 15; i++) {
        String user = "person" + i;
        people.add(callers.submit(() -> manager.getPool(user).getConnection()));
      }
      await().until(() -> people.stream().filter(Future::isDone).count() == BEARS);
      for (Future<Connection> each : people) {
        callers.execute(() -> giveBack(each));
      }
      for (Future<Connection> each : people) {
        assertThat(each.get(10, TimeUnit.SECONDS)).isNotNull();
      }
      assertThat(server.peak).hasValue(BEARS);
    }
  }

  private static void giveBack(Future<Connection> borrowed) {
    try {
      borrowed.get().close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void idle_connections_give_way_to_a_newcomer_and_the_numbers_say_why() throws SQLException {
    try (UserPoolManager manager = manager().build()) {
      for (int i = 0; i < BEARS; i++) {
        manager.getPool("person" + i).getConnection().close();
      }
      manager.getPool("newcomer").getConnection().close();
      PoolStatistics statistics = manager.statistics();
      assertThat(statistics.isServerFull()).isTrue();
      assertThat(statistics.effectiveMaxConnections()).isEqualTo(BEARS);
      assertThat(statistics.evicted().budget()).isEqualTo(1);
      assertThat(statistics.timeouts()).isZero();
    }
  }

  @Test
  void when_all_it_bears_is_in_use_the_exception_names_the_server() throws SQLException {
    try (UserPoolManager manager = manager().build()) {
      List<Connection> all = new ArrayList<>();
      for (int i = 0; i < BEARS; i++) {
        all.add(manager.getPool("person" + i).getConnection());
      }
      assertThatThrownBy(() -> manager.getPool("newcomer").getConnection(Duration.ofMillis(300)))
          .isInstanceOfSatisfying(
              ConnectionTimeoutException.class,
              e -> {
                assertThat(e.bottleneck()).isEqualTo(Bottleneck.SERVER);
                assertThat(e.getSQLState()).isEqualTo("53300");
                // a trial in between, refused, gives one back; one under way is one more
                assertThat(e.getMessage()).containsPattern("bears ([89]|10) of 50");
              });
      for (Connection each : all) {
        each.close();
      }
    }
  }

  @Test
  void a_server_that_bears_more_again_is_used_again() throws Exception {
    try (UserPoolManager manager = manager().build()) {
      List<Connection> all = new ArrayList<>();
      for (int i = 0; i < BEARS; i++) {
        all.add(manager.getPool("person" + i).getConnection());
      }
      bears = 50;
      Future<Connection> more =
          callers.submit(() -> manager.getPool("newcomer").getConnection(Duration.ofSeconds(10)));
      await().untilAsserted(() -> assertThat(more.isDone()).isTrue());
      assertThat(server.live).hasValue(BEARS + 1);
      all.add(more.get());
      for (Connection each : all) {
        each.close();
      }
    }
  }

  /** Messages are in the server's language, the names of its functions are not. */
  private static SQLException told(String message, String routine) {
    return new PSQLException(
        new ServerErrorMessage("SFATAL\0C53300\0M" + message + "\0R" + routine + "\0"));
  }

  @Test
  void a_roles_own_limit_is_no_full_server_in_any_language() throws SQLException {
    SQLException limit =
        told("zu viele Verbindungen f\u00fcr Rolle \u00bbalice\u00ab", "InitializeSessionUserId");
    server.refusals.put("alice", limit);
    try (UserPoolManager manager = manager().build()) {
      assertThatThrownBy(() -> manager.getPool("alice").getConnection()).hasRootCause(limit);
      assertThat(manager.statistics().isServerFull()).isFalse();
      assertThat(manager.statistics().effectiveMaxConnections()).isEqualTo(50);
    }
  }

  @Test
  void a_full_server_is_one_in_any_language() throws SQLException {
    server.refusals.put("alice", told("tut mir leid, schon zu viele", "ProcArrayAdd"));
    try (UserPoolManager manager = manager().build()) {
      Future<Connection> asked = callers.submit(() -> manager.getPool("alice").getConnection());
      await().until(() -> manager.statistics().isServerFull());
      assertThat(asked).as("waits until it bears more").isNotDone();
    }
  }

  @Test
  void slots_that_are_kept_for_the_superuser_are_a_full_server_too() throws SQLException {
    refusal = RESERVED;
    try (UserPoolManager manager = manager().build()) {
      for (int i = 0; i < BEARS; i++) {
        manager.getPool("person" + i).getConnection().close();
      }
      manager.getPool("newcomer").getConnection().close();
      assertThat(manager.statistics().isServerFull()).isTrue();
    }
  }

  /** PostgreSQL has the same SQLState for a role's CONNECTION LIMIT. */
  @Test
  void a_roles_own_limit_lowers_nobody_elses() throws SQLException {
    server.refusals.put(
        "limited", new SQLException("too many connections for role \"limited\"", "53300"));
    try (UserPoolManager manager = manager().build()) {
      assertThatThrownBy(() -> manager.getPool("limited").getConnection())
          .isInstanceOf(LoginFailedException.class);
      assertThat(manager.statistics().isServerFull()).isFalse();
      manager.getPool("alice").getConnection().close();
    }
  }
}
