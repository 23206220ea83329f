package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Waiter;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The housekeeper looks at all users once a second, however often it is woken. */
final class SweepTest {
  private final ManualWorkers workers = new ManualWorkers();
  private long now;
  private final Engine engine =
      new Engine(
          Settings.DEFAULTS,
          new Login(
              (user, credential) -> StubDriver.connection(user, connection -> {}),
              user -> Secret.of("secret")),
          () -> now,
          workers);

  private Duration sweepAt(Duration time) {
    now = time.toNanos();
    return Duration.ofNanos(engine.sweep());
  }

  @Test
  void who_is_woken_early_leaves_the_users_alone() throws SQLException {
    Waiter waiter = engine.queueing().enqueue((Handle) engine.pools().get("alice")).waiter();
    workers.run();
    assertThat(waiter.outcome()).isInstanceOf(Waiter.Served.class);
    engine.lend(((Waiter.Served) waiter.outcome()).entry()).close();
    Duration due = Settings.DEFAULTS.idleTimeout();

    assertThat(sweepAt(due.minusMillis(400))).isEqualTo(Duration.ofSeconds(1));
    assertThat(sweepAt(due.plusMillis(100))).isEqualTo(Duration.ofMillis(500));
    assertThat(engine.statistics().ofAll().evicted().idle()).isZero();
    assertThat(sweepAt(due.plusMillis(600))).isEqualTo(Duration.ofSeconds(1));
    assertThat(engine.statistics().ofAll().evicted().idle()).isEqualTo(1);
  }
}
