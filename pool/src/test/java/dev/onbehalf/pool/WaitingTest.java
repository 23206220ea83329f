package dev.onbehalf.pool;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.ConnectionTimeoutException.Bottleneck;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WaitingTest {
  private final StubServer server = new StubServer();
  private final ExecutorService callers = Executors.newCachedThreadPool();
  private UserPoolManager manager = manager(2, Duration.ofSeconds(20));

  private UserPoolManager manager(int maxConnections, Duration timeout) {
    return UserPoolManager.builder(server, user -> Secret.of("secret"))
        .maxConnections(maxConnections)
        .maxConnectionsPerUser(2)
        .connectionTimeout(timeout)
        .closeGracePeriod(Duration.ZERO)
        .build();
  }

  @AfterEach
  void close() {
    manager.close();
    callers.shutdownNow();
    assertThat(server.live).hasValue(0);
  }

  private CompletableFuture<Connection> take(String user) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return manager.getPool(user).getConnection();
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        },
        callers);
  }

  private CompletableFuture<Void> use(String user) {
    return take(user)
        .thenAccept(
            connection -> {
              try {
                connection.close();
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private void awaitWaiting(int callersWaiting) {
    await().until(() -> manager.statistics().waiting() == callersWaiting);
  }

  @Test
  void a_returning_connection_serves_its_own_users_waiting_caller() throws Exception {
    Connection one = manager.getPool("alice").getConnection();
    Connection two = manager.getPool("alice").getConnection();
    CompletableFuture<Connection> third = take("alice");
    awaitWaiting(1);
    one.close();

    third.get(5, SECONDS).close();
    two.close();
    assertThat(server.logins).hasSize(2);
  }

  @Test
  void a_returning_connection_makes_place_for_another_user_whose_turn_it_is() throws Exception {
    Connection one = manager.getPool("alice").getConnection();
    Connection two = manager.getPool("alice").getConnection();
    CompletableFuture<Connection> bobs = take("bob");
    awaitWaiting(1);
    CompletableFuture<Connection> alices = take("alice");
    awaitWaiting(2);
    one.close();

    assertThat(bobs.get(5, SECONDS).toString()).contains("bob");
    assertThat(alices).isNotDone();
    two.close();
    assertThat(alices.get(5, SECONDS).toString()).contains("alice");
    bobs.join().close();
    alices.join().close();
  }

  @Test
  void users_take_turns_however_many_callers_one_of_them_has() throws Exception {
    manager.close();
    manager = manager(1, Duration.ofSeconds(20));
    Connection held = manager.getPool("zoe").getConnection();
    List<String> served = new CopyOnWriteArrayList<>();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(take("alice").thenAccept(connection -> serve(served, "alice", connection)));
    }
    awaitWaiting(20);
    all.add(take("bob").thenAccept(connection -> serve(served, "bob", connection)));
    awaitWaiting(21);
    held.close();

    for (CompletableFuture<Void> each : all) {
      each.get(10, SECONDS);
    }
    assertThat(served.indexOf("bob")).isEqualTo(1);
  }

  private static void serve(List<String> served, String user, Connection connection) {
    served.add(user);
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Beside a plain wait of the same length, because a busy machine makes every wait late. */
  @Test
  void a_time_out_is_exact() throws SQLException {
    manager.close();
    manager = manager(1, Duration.ofMillis(50));
    try (Connection held = manager.getPool("alice").getConnection()) {
      assertThat(held.isClosed()).isFalse();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(medianLatenessInMillis()).isBetween(-5L, 5L));
    }
  }

  private long medianLatenessInMillis() {
    List<Long> late = new ArrayList<>();
    for (int i = 0; i < 21; i++) {
      long start = System.nanoTime();
      assertThatThrownBy(() -> manager.getPool("bob").getConnection())
          .isInstanceOf(ConnectionTimeoutException.class);
      long timedOut = System.nanoTime();
      assertThat(timedOut - start).isGreaterThanOrEqualTo(50_000_000);
      long end = timedOut + 50_000_000;
      while (System.nanoTime() < end) {
        LockSupport.parkNanos(end - System.nanoTime());
      }
      late.add((timedOut - start - (System.nanoTime() - timedOut)) / 1_000_000);
    }
    assertThat(manager.statistics().timeouts() % 21).isZero();
    Collections.sort(late);
    return late.get(10);
  }

  @Test
  void an_interrupted_caller_leaves_nothing_behind() throws Exception {
    Connection one = manager.getPool("alice").getConnection();
    Connection two = manager.getPool("alice").getConnection();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                manager.getPool("alice").getConnection().close();
              } catch (SQLException e) {
                thrown.set(Thread.currentThread().isInterrupted() ? e : null);
              }
            });
    caller.start();
    awaitWaiting(1);
    caller.interrupt();
    caller.join(5000);

    assertThat(thrown.get()).hasCauseInstanceOf(InterruptedException.class);
    assertThat(manager.statistics().waiting()).isZero();
    one.close();
    two.close();
    assertThat(manager.statistics().idle()).isEqualTo(2);
  }

  @Test
  void a_caller_whose_users_connection_comes_back_does_not_wait_for_the_login() throws Exception {
    Connection one = manager.getPool("alice").getConnection();
    server.gate.drainPermits();
    CompletableFuture<Connection> second = take("alice");
    await().until(() -> server.logins.size() == 2);
    one.close();

    second.get(5, SECONDS).close();
    assertThat(manager.statistics().loggingIn()).isEqualTo(1);
    server.gate.release(1_000_000);
    await().until(() -> manager.statistics().idle() == 2);
  }

  @Test
  void a_login_whose_caller_gave_up_is_kept_idle() throws SQLException {
    manager.close();
    manager = manager(2, Duration.ofMillis(50));
    server.gate.drainPermits();
    assertTimesOutFor(Bottleneck.LOGIN, "alice");
    server.gate.release(1_000_000);

    await().until(() -> manager.statistics().idle() == 1);
    manager.getPool("alice").getConnection().close();
    assertThat(server.logins).hasSize(1);
  }

  @Test
  void a_time_out_says_what_was_missing() throws SQLException {
    manager.close();
    manager = manager(2, Duration.ofMillis(50));
    Connection one = manager.getPool("alice").getConnection();
    Connection two = manager.getPool("bob").getConnection();
    assertTimesOutFor(Bottleneck.BUDGET, "carol");

    manager.getPool("alice", new UserPoolOverrides(1, 0));
    assertTimesOutFor(Bottleneck.USER_MAXIMUM, "alice");
    one.close();
    two.close();
  }

  private void assertTimesOutFor(Bottleneck bottleneck, String user) {
    assertThatThrownBy(() -> manager.getPool(user).getConnection())
        .isInstanceOfSatisfying(
            ConnectionTimeoutException.class,
            e -> assertThat(e.bottleneck()).isEqualTo(bottleneck));
  }

  @Test
  void closing_a_users_pool_fails_their_callers_and_nobody_elses() throws Exception {
    Connection one = manager.getPool("alice").getConnection();
    Connection two = manager.getPool("alice").getConnection();
    CompletableFuture<Connection> third = take("alice");
    awaitWaiting(1);
    CompletableFuture<Connection> bobs = take("bob");
    awaitWaiting(2);
    manager.closePool("alice");

    assertThatThrownBy(() -> third.get(5, SECONDS))
        .hasRootCauseMessage("The pool of \"alice\" is closed");
    one.close();
    bobs.get(5, SECONDS).close();
    two.close();
    await().untilAsserted(() -> assertThat(server.live).hasValue(1));
  }

  @Test
  void closing_the_manager_fails_all_callers() throws Exception {
    Connection one = manager.getPool("alice").getConnection();
    Connection two = manager.getPool("alice").getConnection();
    CompletableFuture<Connection> third = take("bob");
    awaitWaiting(1);
    manager.close();

    assertThatThrownBy(() -> third.get(5, SECONDS))
        .hasRootCauseMessage("The pool manager is closed");
    assertThat(server.live).hasValue(0);
    one.close();
    two.close();
    assertThatThrownBy(() -> manager.getPool("bob")).isInstanceOf(IllegalStateException.class);
  }

  /** Each of them holds a thread, of which a web server has as many as it has. */
  @Test
  void more_callers_of_one_user_than_may_wait_are_refused_at_once_and_nobody_elses()
      throws Exception {
    manager.close();
    manager =
        UserPoolManager.builder(server, user -> Secret.of("secret"))
            .maxConnections(3)
            .maxConnectionsPerUser(1)
            .maxWaitersPerUser(2)
            .connectionTimeout(Duration.ofSeconds(20))
            .closeGracePeriod(Duration.ZERO)
            .build();
    Connection alices = manager.getPool("alice").getConnection();
    Connection apps = manager.getPool("app", new UserPoolOverrides(1, 1)).getConnection();
    List<CompletableFuture<Void>> waiting = List.of(use("alice"), use("alice"));
    awaitWaiting(2);
    assertThatThrownBy(() -> manager.getPool("alice").getConnection())
        .isInstanceOfSatisfying(
            ConnectionTimeoutException.class,
            e -> {
              assertThat(e.bottleneck()).isEqualTo(Bottleneck.WAITERS_OF_USER);
              assertThat(e.waitersOfUser()).isEqualTo(2);
              assertThat(e.getMessage()).contains("\"alice\": 2 callers wait already");
            });
    manager.getPool("bob").getConnection().close();
    List<CompletableFuture<Void>> own = List.of(use("app"), use("app"), use("app"));
    awaitWaiting(5);
    apps.close();
    CompletableFuture.allOf(own.toArray(CompletableFuture[]::new)).get(5, SECONDS);
    alices.close();
    CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)).get(5, SECONDS);
  }
}
