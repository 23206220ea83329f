package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever hears of leases may hang, or end in an Error: no place and no close() hangs on them. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HooksThatHangTest {
  private static final Duration GRACE = Duration.ofMillis(100);

  private final StubServer server = new StubServer();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService callers = Executors.newCachedThreadPool();

  @AfterEach
  void letGo() {
    over.countDown();
    callers.shutdownNow();
  }

  private void hang() {
    boolean ended = false;
    while (!ended) {
      try {
        ended = over.await(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        // as one that does not hear it
      }
    }
  }

  private UserPoolManager.Builder manager() {
    return UserPoolManager.builder(server, user -> Secret.of("secret"))
        .maxConnections(1)
        .validationTimeout(Duration.ofSeconds(10))
        .connectionTimeout(Duration.ofSeconds(20))
        .closeGracePeriod(GRACE);
  }

  private UserPoolManager observed() {
    return manager()
        .observer(
            new Observer() {
              @Override
              public boolean hearsLeases() {
                return true;
              }

              @Override
              public void returned(long nanos) {
                hang();
              }
            })
        .build();
  }

  private UserPoolManager listenedTo(Runnable atTheEnd) {
    return manager().leaseListener(user -> atTheEnd::run).build();
  }

  private void use(Connection connection, boolean dirty) {
    try (connection) {
      if (dirty) {
        connection.setAutoCommit(false);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void an_observer_that_hangs_keeps_no_place(boolean dirty) throws SQLException {
    assertKeepsNoPlace(observed(), dirty);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_listener_that_hangs_keeps_no_place(boolean dirty) throws SQLException {
    assertKeepsNoPlace(listenedTo(this::hang), dirty);
  }

  private void assertKeepsNoPlace(UserPoolManager hooked, boolean dirty) throws SQLException {
    try (UserPoolManager manager = hooked) {
      Connection first = manager.getPool("alice").getConnection();
      callers.execute(() -> use(first, dirty));
      Connection second = manager.getPool("bob").getConnection();
      callers.execute(() -> use(second, dirty));
      await().untilAsserted(() -> assertThat(manager.statistics().inUse()).isZero());
      assertThat(manager.statistics().evicted().broken()).isZero();
    }
  }

  /** Else nobody would watch the time any more, and each round would cost one thread more. */
  @Test
  void an_observer_that_hangs_in_handing_over_holds_up_a_login_for_a_moment_only()
      throws SQLException {
    AtomicInteger hanging = new AtomicInteger();
    Observer observer =
        new Observer() {
          @Override
          public Runnable handOver(Runnable task) {
            if (Thread.currentThread().getName().contains("housekeeper")) {
              hang();
            }
            return () -> {
              hanging.incrementAndGet();
              hang();
            };
          }
        };
    try (UserPoolManager manager = manager().observer(observer).build()) {
      manager.getPool("alice").getConnection(Duration.ofSeconds(8)).close();
      assertThat(hanging).as("threads that hang").hasValue(1);
    }
  }

  @Test
  void a_listener_that_hangs_does_not_hold_up_the_end() throws SQLException {
    UserPoolManager manager = listenedTo(this::hang);
    Connection kept = manager.getPool("alice").getConnection();
    long began = System.nanoTime();
    manager.close();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    assertThat(kept.isClosed() || server.live.get() == 0).isTrue();
    assertThat(manager.statistics().total()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_listener_that_ends_in_an_error_hinders_nobody(boolean dirty) throws SQLException {
    UserPoolManager manager =
        listenedTo(
            () -> {
              throw new AssertionError("a bug");
            });
    try (manager) {
      Connection connection = manager.getPool("alice").getConnection();
      assertThatCode(() -> use(connection, dirty)).doesNotThrowAnyException();
      assertThat(manager.statistics().idle()).isEqualTo(1);
    }
  }

  @Test
  void a_listener_that_does_not_begin_hinders_nobody() throws SQLException {
    UserPoolManager manager =
        manager()
            .leaseListener(
                user -> {
                  throw new NoClassDefFoundError("theirs");
                })
            .build();
    try (manager) {
      manager.getPool("alice").getConnection().close();
      assertThat(manager.statistics().idle()).isEqualTo(1);
    }
  }

  /** No hook, but the driver's own, on the caller's thread. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_driver_that_never_begins_a_request_keeps_no_place(boolean warm) throws SQLException {
    server.hearsRequests = true;
    try (UserPoolManager manager = manager().validationTimeout(Duration.ofSeconds(1)).build()) {
      if (warm) {
        manager.getPool("alice").getConnection().close();
      }
      server.neverBegins = true;
      try (Connection connection = manager.getPool("alice").getConnection()) {
        assertThat(connection.isClosed()).isTrue();
        assertThatThrownBy(connection::createStatement)
            .isInstanceOf(SQLException.class)
            .hasFieldOrPropertyWithValue("SQLState", "08003");
      }
      server.neverBegins = false;
      manager.getPool("bob").getConnection().close();
    }
  }

  @Test
  void whoever_classifies_errors_and_ends_in_one_ends_the_connection() throws SQLException {
    UserPoolManager manager =
        manager()
            .fatalErrors(
                error -> {
                  throw new NoClassDefFoundError("theirs");
                })
            .build();
    try (manager) {
      try (Connection connection = manager.getPool("alice").getConnection()) {
        server.sessions.get(0).failures.put("commit", new SQLException("read-only", "25006"));
        assertThatThrownBy(connection::commit)
            .isInstanceOf(SQLException.class)
            .hasMessage("read-only");
      }
      await().untilAsserted(() -> assertThat(manager.statistics().total()).isZero());
      assertThat(manager.statistics().evicted().broken()).isEqualTo(1);
    }
  }
}
