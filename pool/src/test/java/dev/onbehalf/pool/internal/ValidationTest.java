package dev.onbehalf.pool.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.pool.ConnectionTimeoutException;
import dev.onbehalf.pool.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Connections that were idle for so long that they are checked before their next use. */
final class ValidationTest {
  private final ManualWorkers workers = new ManualWorkers();
  private final List<Integer> checks = new ArrayList<>();
  private final List<Connection> rolledBack = new ArrayList<>();
  private boolean answers = true;
  private boolean autoCommit = true;
  private long now;

  /** A driver whose check takes a while when there is no answer. */
  private final class CheckedConnection extends PlainConnection {
    CheckedConnection(String user) {
      super(StubDriver.connection(user, connection -> {}));
    }

    @Override
    public boolean isValid(int seconds) {
      checks.add(seconds);
      long end = System.nanoTime() + Duration.ofMillis(2).toNanos();
      while (!answers && System.nanoTime() - end < 0) {
        Thread.onSpinWait();
      }
      return answers;
    }

    @Override
    public boolean getAutoCommit() {
      return autoCommit;
    }

    @Override
    public void rollback() {
      rolledBack.add(this);
    }
  }

  private Handle aliceWithTwoIdle(Duration connectionTimeout) throws SQLException {
    Settings d = Settings.DEFAULTS;
    Settings settings =
        new Settings(
            d.maxConnections(),
            d.maxConnectionsPerUser(),
            d.maxWaitersPerUser(),
            d.maxLoginsInFlight(),
            connectionTimeout,
            d.validationTimeout(),
            d.idleTimeout(),
            d.maxLifetime(),
            d.keepaliveTime(),
            d.leakDetectionThreshold(),
            d.closeGracePeriod(),
            d.discardAllOnReturn(),
            d.allowRlsBypass(),
            d.rlsCheckMaxAge());
    Login login =
        new Login((user, credential) -> new CheckedConnection(user), user -> Secret.of("secret"));
    Engine engine = new Engine(settings, login, () -> now, workers);
    Handle alice = (Handle) engine.pool("alice");
    List<Waiter> waiters = List.of(engine.enqueue(alice).waiter(), engine.enqueue(alice).waiter());
    workers.run();
    for (Waiter waiter : waiters) {
      engine.lend(Outcomes.entryServedTo(waiter)).close();
    }
    now += Duration.ofSeconds(1).toNanos();
    rolledBack.clear();
    return alice;
  }

  @Test
  void a_check_has_the_time_for_it() throws SQLException {
    aliceWithTwoIdle(Duration.ofSeconds(20)).getConnection().close();
    assertThat(checks).containsExactly(5);
  }

  @Test
  void a_check_takes_no_longer_than_the_caller_waits() throws SQLException {
    aliceWithTwoIdle(Duration.ofSeconds(2)).getConnection().close();
    assertThat(checks).containsExactly(2);
  }

  @Test
  void checks_count_towards_the_time_out() throws SQLException {
    Handle alice = aliceWithTwoIdle(Duration.ofMillis(1));
    answers = false;
    assertThatThrownBy(alice::getConnection).isInstanceOf(ConnectionTimeoutException.class);
    assertThat(checks).hasSize(1);
  }

  @Test
  void where_auto_commit_is_off_a_check_leaves_no_transaction_open() throws SQLException {
    autoCommit = false;
    try (Connection connection = aliceWithTwoIdle(Duration.ofSeconds(20)).getConnection()) {
      assertThat(rolledBack).hasSize(1);
      assertThat(connection.isClosed()).isFalse();
    }
  }
}
