package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.pool.ConnectionTimeoutException;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Waiter;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The housekeeper looks at all connections once a second, however often it is woken. */
final class SweepTest {
  private final ManualWorkers workers = new ManualWorkers();
  private long now;
  private final Engine engine =
      new Engine(
          Settings.DEFAULTS,
          new Login(
              (user, credential) -> {
                if (user.equals("refused")) {
                  throw new SQLException("FATAL: sorry, too many clients already", "53300");
                }
                return StubDriver.connection(user, connection -> {});
              },
              user -> Secret.of("secret")),
          () -> now,
          workers);

  private Duration sweepAt(Duration time) {
    now = time.toNanos();
    return Duration.ofNanos(engine.sweep());
  }

  private void useOnce(String user) throws SQLException {
    Waiter waiter = engine.queueing().enqueue((Handle) engine.pools().get(user)).waiter();
    workers.run();
    assertThat(waiter.outcome()).isInstanceOf(Waiter.Served.class);
    engine.lend(((Waiter.Served) waiter.outcome()).entry()).close();
  }

  private void beRefusedByTheServer() throws SQLException {
    Queueing.Place place = engine.queueing().enqueue((Handle) engine.pools().get("refused"));
    workers.run();
    assertThatThrownBy(() -> engine.queueing().giveUp(place, Duration.ZERO))
        .isInstanceOf(ConnectionTimeoutException.class);
    assertThat(engine.statistics().ofAll().isServerFull()).isTrue();
  }

  @Test
  void who_is_woken_early_leaves_the_users_alone() throws SQLException {
    useOnce("alice");
    Duration due = Settings.DEFAULTS.idleTimeout();

    assertThat(sweepAt(due.minusMillis(400))).isEqualTo(Duration.ofSeconds(1));
    assertThat(sweepAt(due.plusMillis(100))).isEqualTo(Duration.ofMillis(500));
    assertThat(engine.statistics().ofAll().evicted().idle()).isZero();
    assertThat(sweepAt(due.plusMillis(600))).isEqualTo(Duration.ofSeconds(1));
    assertThat(engine.statistics().ofAll().evicted().idle()).isEqualTo(1);
  }

  /** Other instances wait for it, say, and have waited since they were refused. */
  @Test
  void on_a_full_server_nobody_keeps_for_long_what_nobody_uses() throws SQLException {
    useOnce("alice");
    beRefusedByTheServer();
    Duration quarter = Settings.DEFAULTS.connectionTimeout().dividedBy(4);

    sweepAt(quarter.minusMillis(100));
    assertThat(engine.statistics().ofAll().evicted().idle()).isZero();
    sweepAt(quarter.plusSeconds(1));
    assertThat(engine.statistics().ofAll().evicted().idle()).isEqualTo(1);
  }

  @Test
  void a_reserve_rests_as_usual_on_a_full_server_too() throws SQLException {
    engine.pools().get("app", new UserPoolOverrides(3, 1));
    useOnce("app");
    beRefusedByTheServer();

    sweepAt(Settings.DEFAULTS.idleTimeout().minusSeconds(1));
    assertThat(engine.statistics().ofAll().evicted().idle()).isZero();
    sweepAt(Settings.DEFAULTS.idleTimeout().plusSeconds(1));
    assertThat(engine.statistics().ofAll().evicted().idle()).isEqualTo(1);
  }

  @Test
  void half_a_minute_after_the_last_refusal_connections_rest_as_usual() throws SQLException {
    beRefusedByTheServer();
    sweepAt(Duration.ofSeconds(31));
    useOnce("alice");
    Duration before = Duration.ofSeconds(31).plus(Settings.DEFAULTS.idleTimeout()).minusSeconds(1);

    sweepAt(before);
    assertThat(engine.statistics().ofAll().evicted().idle()).isZero();
  }
}
