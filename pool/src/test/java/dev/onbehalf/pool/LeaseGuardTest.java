package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever may be lent nothing is lent nothing, however they come by a connection. */
@Timeout(60)
final class LeaseGuardTest {
  private final StubServer server = new StubServer();
  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile LeaseGuard news = LeaseGuard.NONE;
  private final UserPoolManager manager =
      UserPoolManager.builder(server, user -> Secret.of("secret"))
          .maxConnections(2)
          .maxConnectionsPerUser(1)
          .connectionTimeout(Duration.ofSeconds(10))
          .leaseGuard(
              (user, deadline) -> {
                asked.incrementAndGet();
                news.admit(user, deadline);
              })
          .build();

  @AfterEach
  void close() {
    manager.close();
    callers.shutdownNow();
  }

  private void refuse() {
    news =
        (user, deadline) -> {
          throw new SQLException("not now", "08006");
        };
  }

  @Test
  void an_idle_connection_is_not_lent_and_not_lost() throws SQLException {
    UserPool alice = manager.getPool("alice");
    alice.getConnection().close();
    refuse();
    assertThatThrownBy(alice::getConnection).hasMessage("not now");
    news = LeaseGuard.NONE;
    alice.getConnection().close();
    assertThat(server.logins).containsExactly("alice");
  }

  /** Between the first question and the lease, as if the thread had slept there. */
  @Test
  void it_is_asked_with_the_connection_in_hand() throws SQLException {
    UserPool alice = manager.getPool("alice");
    alice.getConnection().close();
    asked.set(0);
    news =
        (user, deadline) -> {
          if (asked.get() == 2) {
            throw new SQLException("just now", "08006");
          }
        };
    assertThatThrownBy(alice::getConnection).hasMessage("just now");
    news = LeaseGuard.NONE;
    alice.getConnection().close();
    assertThat(server.logins).as("it came back").containsExactly("alice");
    assertThat(manager.statistics().inUse()).isZero();
  }

  @Test
  void what_is_closed_at_the_last_look_is_not_lent() throws SQLException {
    UserPool alice = manager.getPool("alice");
    alice.getConnection().close();
    asked.set(0);
    news =
        (user, deadline) -> {
          if (asked.get() == 2) {
            manager.closePool("alice");
          }
        };
    alice.getConnection().close();
    assertThat(server.logins).as("a new login").containsExactly("alice", "alice");
  }

  @Test
  void a_caller_who_queued_before_is_not_served_after() throws Exception {
    UserPool alice = manager.getPool("alice");
    Connection held = alice.getConnection();
    Future<Connection> queued = callers.submit(() -> alice.getConnection());
    await().untilAsserted(() -> assertThat(manager.statistics().waiting()).isEqualTo(1));
    refuse();
    held.close();
    assertThatThrownBy(() -> queued.get(10, TimeUnit.SECONDS)).hasMessageContaining("not now");
    news = LeaseGuard.NONE;
    alice.getConnection().close();
    assertThat(manager.statistics().inUse()).isZero();
  }

  /** The queued caller gets another login, for the pool that they were served from is closed. */
  @Test
  void a_queued_caller_whose_pool_closes_at_the_last_look_starts_afresh() throws Exception {
    UserPool alice = manager.getPool("alice");
    Connection held = alice.getConnection();
    Future<Connection> queued = callers.submit(() -> alice.getConnection());
    await().untilAsserted(() -> assertThat(manager.statistics().waiting()).isEqualTo(1));
    asked.set(0);
    news =
        (user, deadline) -> {
          if (asked.get() == 1) {
            manager.closePool("alice");
          }
        };
    held.close();
    queued.get(10, TimeUnit.SECONDS).close();
    assertThat(server.logins).containsExactly("alice", "alice");
  }

  @Test
  void a_guard_that_breaks_loses_neither_the_place_nor_the_connection() throws SQLException {
    UserPool alice = manager.getPool("alice");
    alice.getConnection().close();
    asked.set(0);
    news =
        (user, deadline) -> {
          if (asked.get() == 2) {
            throw new IllegalStateException("a bug");
          }
        };
    assertThatThrownBy(alice::getConnection)
        .isInstanceOf(SQLException.class)
        .hasCauseInstanceOf(IllegalStateException.class);
    news = LeaseGuard.NONE;
    assertThat(manager.statistics().idle()).isEqualTo(1);
    alice.getConnection().close();
    assertThat(server.logins).as("the connection was not to blame").containsExactly("alice");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_is_refused_with_the_connection_in_hand_is_told_of_as_no_lease(boolean idle)
      throws SQLException {
    List<String> told = new CopyOnWriteArrayList<>();
    Observer observer =
        new Observer() {
          @Override
          public boolean hearsLeases() {
            return true;
          }

          @Override
          public void leased(long nanos, boolean opened) {
            told.add("leased");
          }

          @Override
          public void returned(long nanos) {
            told.add("returned");
          }
        };
    AtomicInteger questions = new AtomicInteger();
    try (UserPoolManager observed =
        UserPoolManager.builder(server, user -> Secret.of("secret"))
            .observer(observer)
            .leaseGuard(
                (user, deadline) -> {
                  if (questions.incrementAndGet() == (idle ? 4 : 2)) {
                    throw new SQLException("just now", "08006");
                  }
                })
            .build()) {
      UserPool alice = observed.getPool("alice");
      if (idle) {
        alice.getConnection().close();
      }
      told.clear();
      assertThatThrownBy(alice::getConnection).hasMessage("just now");
      assertThat(told).isEmpty();
      assertThat(observed.statistics().acquired()).isEqualTo(idle ? 1 : 0);
      assertThat(observed.snapshot().places().get(0).leases()).isEqualTo(idle ? 1 : 0);
      alice.getConnection().close();
      assertThat(told).containsExactly("leased", "returned");
      assertThat(observed.statistics().acquired()).isEqualTo(idle ? 2 : 1);
      observed.closePool("alice");
      assertThat(observed.statistics().acquired()).as("now past").isEqualTo(idle ? 2 : 1);
      assertThat(observed.statistics().logins()).isEqualTo(1);
    }
  }
}
