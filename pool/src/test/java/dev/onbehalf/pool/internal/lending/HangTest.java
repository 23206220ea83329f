package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.ConnectionTimeoutException;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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

/** Calls into the driver that never return: each has an end, and its place comes back. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HangTest {
  private static final Duration ANSWER = Duration.ofMillis(200);

  private final HangingServer server = new HangingServer();
  private final ExecutorService callers = Executors.newCachedThreadPool();

  private final List<Future<Connection>> asked = new ArrayList<>();

  @AfterEach
  void letGo() {
    server.letGo();
    callers.shutdownNow();
  }

  private UserPoolManager.Builder manager() {
    return UserPoolManager.builder(server, user -> Secret.of("secret"))
        .validationTimeout(ANSWER)
        .connectionTimeout(Duration.ofSeconds(2))
        .closeGracePeriod(ANSWER);
  }

  private Future<Connection> ask(UserPoolManager manager, String user) {
    return callers.submit(() -> manager.getPool(user).getConnection());
  }

  private void begin(UserPoolManager manager, String user) {
    asked.add(ask(manager, user));
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect", "question"})
  void eight_logins_that_hang_keep_nobody_else_from_theirs(String call) throws SQLException {
    server.hangs = (user, it) -> user.startsWith("hung") && it.equals(call);
    try (UserPoolManager manager = manager().build()) {
      for (int i = 0; i < 8; i++) {
        begin(manager, "hung" + i);
      }
      await().until(() -> server.hanging.get() == 8);

      manager.getPool("alice").getConnection().close();
    }
    await().untilAsserted(() -> assertThat(server.live).hasValue(0));
  }

  @Test
  void nobodys_hanging_logins_are_all_logins() throws SQLException {
    server.hangs = (user, it) -> user.equals("mallory") && it.equals("connect");
    try (UserPoolManager manager = manager().maxConnectionsPerUser(20).build()) {
      for (int i = 0; i < 20; i++) {
        begin(manager, "mallory");
      }
      await().until(() -> server.hanging.get() > 0);

      long began = System.nanoTime();
      manager.getPool("alice").getConnection().close();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(400));
      assertThat(server.hanging).hasValueLessThan(8);
    }
  }

  /** Each that is given up leaves a thread behind; one person's are not all that may be left. */
  @Test
  void a_person_who_hangs_again_and_again_keeps_nobody_else_from_a_login() throws SQLException {
    server.hangs = (user, it) -> user.equals("mallory");
    server.deaf = (user, it) -> true;
    try (UserPoolManager manager =
        manager().maxLoginsInFlight(1).connectionTimeout(ANSWER).build()) {
      long end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
      while (System.nanoTime() - end < 0) {
        assertThatThrownBy(() -> manager.getPool("mallory").getConnection())
            .isInstanceOf(SQLException.class);
      }
      manager.getPool("alice").getConnection(Duration.ofSeconds(2)).close();
      assertThat(server.hanging).hasValue(1);
      assertThatThrownBy(() -> manager.getPool("mallory").getConnection())
          .isInstanceOf(ConnectionTimeoutException.class)
          .extracting(e -> ((ConnectionTimeoutException) e).bottleneck())
          .isEqualTo(ConnectionTimeoutException.Bottleneck.LOGIN);

      server.letGo();
      manager.getPool("mallory").getConnection(Duration.ofSeconds(2)).close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_cleaning_that_hangs_is_aborted_and_its_place_comes_back(boolean deaf) throws Exception {
    try (UserPoolManager manager = manager().maxConnections(1).build()) {
      Connection used = manager.getPool("alice").getConnection();
      used.createStatement();
      server.hangs = (user, it) -> it.equals("clean");
      server.deaf = (user, it) -> deaf;
      CompletableFuture<Void> closing =
          CompletableFuture.runAsync(() -> closeQuietly(used), callers);
      await().until(() -> server.hanging.get() == 1);
      server.heal();

      manager.getPool("bob").getConnection().close();
      assertThat(manager.statistics().evicted().broken()).isEqualTo(1);
      server.letGo();
      closing.get(10, TimeUnit.SECONDS);
      assertThat(manager.statistics().total()).isEqualTo(1);
    }
  }

  @Test
  void an_abort_ends_a_cleaning_that_hangs() throws Exception {
    try (UserPoolManager manager = manager().validationTimeout(Duration.ofSeconds(30)).build()) {
      Connection used = manager.getPool("alice").getConnection();
      used.createStatement();
      server.hangs = (user, it) -> it.equals("clean");
      CompletableFuture<Void> closing =
          CompletableFuture.runAsync(() -> closeQuietly(used), callers);
      await().until(() -> server.hanging.get() == 1);

      used.abort(Runnable::run);
      closing.get(10, TimeUnit.SECONDS);
      await().untilAsserted(() -> assertThat(manager.statistics().total()).isZero());
    }
  }

  @Test
  void checks_on_a_dead_network_keep_nobody_from_a_login() throws SQLException {
    try (UserPoolManager manager =
        manager()
            .idleTimeout(Duration.ofMinutes(1))
            .keepaliveTime(Duration.ofMillis(50))
            .validationTimeout(Duration.ofSeconds(30))
            .build()) {
      List<Connection> all = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        all.add(manager.getPool("user" + i).getConnection());
      }
      server.hangs = (user, it) -> it.equals("check");
      for (Connection each : all) {
        each.close();
      }
      await().until(() -> server.hanging.get() >= 8);

      manager.getPool("newcomer").getConnection().close();
      assertThat(server.hanging).hasValueLessThanOrEqualTo(8);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"heard", "deaf"})
  void close_ends_within_its_grace_whatever_hangs(String how) throws Exception {
    UserPoolManager manager = manager().validationTimeout(Duration.ofSeconds(30)).build();
    Connection kept = manager.getPool("keeper").getConnection();
    Connection cleaned = manager.getPool("cleaner").getConnection();
    cleaned.createStatement();
    Connection idle = manager.getPool("idle").getConnection();
    server.deaf = (user, it) -> how.equals("deaf");
    server.hangs = (user, it) -> how.equals("deaf") || !it.equals("abort");
    idle.close();
    for (int i = 0; i < 8; i++) {
      begin(manager, "hung" + i);
    }
    CompletableFuture<Void> cleaning =
        CompletableFuture.runAsync(() -> closeQuietly(cleaned), callers);
    manager.closePool("idle");
    await().until(() -> server.hanging.get() == 10);

    long began = System.nanoTime();
    CompletableFuture<Long> second =
        CompletableFuture.supplyAsync(
            () -> {
              manager.close();
              return System.nanoTime();
            },
            callers);
    manager.close();
    long ended = System.nanoTime();
    assertThat(Duration.ofNanos(ended - began)).isLessThan(Duration.ofSeconds(4));
    assertThat(manager.statistics().total()).isZero();
    assertThat(second.get(5, TimeUnit.SECONDS)).isGreaterThan(began + ANSWER.toNanos());
    if (how.equals("heard")) {
      cleaning.get(10, TimeUnit.SECONDS);
    }
    server.letGo();
    await().untilAsserted(() -> assertThat(server.open).isEmpty());
    assertThat(kept.isClosed()).isTrue();
  }

  @Test
  void closing_a_pool_ends_its_logins() throws Exception {
    server.hangs = (user, it) -> it.equals("question");
    try (UserPoolManager manager = manager().connectionTimeout(Duration.ofSeconds(30)).build()) {
      Future<Connection> waiting = ask(manager, "alice");
      await().until(() -> server.hanging.get() == 1);
      manager.closePool("alice");

      assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(SQLException.class);
      await().untilAsserted(() -> assertThat(manager.statistics().total()).isZero());
      assertThat(server.live).hasValue(0);
    }
  }

  /** Whoever ends the login then knows of no connection yet, and nobody else would. */
  @ParameterizedTest
  @ValueSource(strings = {"too late", "signed out", "closed"})
  void a_login_that_was_ended_asks_nothing_when_it_connects_at_last(String how) throws Exception {
    AtomicInteger prepared = new AtomicInteger();
    server.hangs = (user, it) -> it.equals("connect") || it.equals("question");
    server.deaf = (user, it) -> it.equals("connect");
    try (UserPoolManager manager =
        manager()
            .connectionTimeout(how.equals("too late") ? ANSWER : Duration.ofSeconds(20))
            .sessionInitializer((user, connection) -> prepared.incrementAndGet())
            .build()) {
      Future<Connection> waiting = ask(manager, "alice");
      await().until(() -> server.hanging.get() == 1);
      if (how.equals("signed out")) {
        manager.closePool("alice");
      } else if (how.equals("closed")) {
        manager.close();
      }
      assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(SQLException.class);
      await().untilAsserted(() -> assertThat(manager.statistics().loggingIn()).isZero());
      assertThat(server.live).hasValue(0);

      server.letConnect();
      await().untilAsserted(() -> assertThat(server.peak).hasValue(1));
      await().untilAsserted(() -> assertThat(server.live).as("aborted").hasValue(0));
      assertThat(server.asked).as("questions in her name").hasValue(0);
      assertThat(prepared).hasValue(0);
    }
  }

  @Test
  void aborts_do_not_queue_behind_closings_that_hang() throws SQLException {
    try (UserPoolManager manager =
        manager()
            .maxConnections(50)
            .validationTimeout(Duration.ofSeconds(3))
            .connectionTimeout(Duration.ofSeconds(20))
            .build()) {
      List<Connection> all = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        all.add(manager.getPool("user" + i).getConnection());
      }
      for (Connection each : all) {
        each.close();
      }
      server.hangs = (user, it) -> it.equals("close");
      manager.evictAll();
      assertThat(manager.getPool("newcomer").getConnection()).isNotNull();
      assertThat(server.live).as("others have yet to hang").hasValueGreaterThan(20);
    }
  }

  @Test
  void a_provider_that_hangs_takes_no_place() throws SQLException {
    server.hangs = (user, it) -> false;
    try (UserPoolManager manager =
        UserPoolManager.builder(
                server,
                user -> {
                  if (user.startsWith("slow")) {
                    sleepUntilInterrupted();
                  }
                  return Secret.of("secret");
                })
            .maxConnections(2)
            .connectionTimeout(Duration.ofSeconds(2))
            .closeGracePeriod(ANSWER)
            .validationTimeout(ANSWER)
            .build()) {
      Connection alices = manager.getPool("alice").getConnection();
      manager.getPool("bob").getConnection().close();
      for (int i = 0; i < 20; i++) {
        begin(manager, "slow" + i);
      }
      await().until(() -> manager.statistics().waiting() == 20);
      assertThat(manager.statistics().evicted().budget()).as("bob's stays warm").isZero();
      manager.getPool("carol").getConnection().close();
      alices.close();
    }
  }

  private static void sleepUntilInterrupted() throws SQLException {
    try {
      TimeUnit.SECONDS.sleep(60);
    } catch (InterruptedException e) {
      throw new SQLException("interrupted", "08001", e);
    }
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
