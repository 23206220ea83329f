package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.PlainConnection;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.work.WorkerThreads;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Phaser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections that were idle for so long that they are checked before their next use. */
final class ValidationTest {
  private final WorkerThreads workers = new WorkerThreads();
  private final List<Integer> checks = new CopyOnWriteArrayList<>();
  private final List<Connection> rolledBack = new ArrayList<>();

  /** Whoever registers keeps all checks waiting until they arrive. */
  private final Phaser answers = new Phaser();

  private volatile boolean refused;
  private boolean autoCommit = true;
  private volatile long now;

  /** A driver whose check takes a while when there is no answer. */
  private final class CheckedConnection extends PlainConnection {
    CheckedConnection(String user) {
      super(StubDriver.connection(user, connection -> {}));
    }

    @Override
    public boolean isValid(int seconds) {
      checks.add(seconds);
      if (answers.getRegisteredParties() > 0) {
        answers.awaitAdvance(0);
      }
      return true;
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
    Settings.Draft settings = new Settings.Draft();
    settings.connectionTimeout = connectionTimeout;
    Login login = new Login(this::connect, user -> Secret.of("secret"));
    Engine engine = new Engine(settings.checked(), login, () -> now, workers);
    Handle alice = (Handle) engine.pools().get("alice");
    try (Connection first = alice.getConnection(Duration.ofSeconds(20));
        Connection second = alice.getConnection(Duration.ofSeconds(20))) {
      assertThat(first).isNotEqualTo(second);
    }
    now = Duration.ofSeconds(1).toNanos();
    rolledBack.clear();
    return alice;
  }

  private Connection connect(String user, Secret credential) throws SQLException {
    if (refused) {
      throw new SQLException("refused", "28000");
    }
    return new CheckedConnection(user);
  }

  @AfterEach
  void end() {
    workers.stop();
  }

  @Test
  void a_check_has_the_time_for_it() throws SQLException {
    aliceWithTwoIdle(Duration.ofSeconds(20)).getConnection().close();
    assertThat(checks).containsExactly(5);
  }

  @Test
  void who_meets_a_connection_that_does_not_answer_is_given_another_one_meanwhile()
      throws SQLException {
    Handle alice = aliceWithTwoIdle(Duration.ofSeconds(20));
    answers.register();
    try (Connection connection = alice.getConnection()) {
      assertThat(connection.isClosed()).isFalse();
      assertThat(checks).isNotEmpty();
    } finally {
      answers.arrive();
    }
  }

  @Test
  void a_check_that_hangs_keeps_nobody_longer_than_they_would_wait() throws SQLException {
    Handle alice = aliceWithTwoIdle(Duration.ofMillis(100));
    answers.register();
    refused = true;
    long began = System.nanoTime();
    try {
      assertThatThrownBy(alice::getConnection).isInstanceOf(SQLException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(900));
    } finally {
      answers.arrive();
    }
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
