package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.deciding.Todo;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Waiter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Connections count as leaked when they have been in use for ten seconds. */
final class LeakTest {
  private static final Duration THRESHOLD = Duration.ofSeconds(10);

  private final ManualWorkers workers = new ManualWorkers();
  private final Settings settings = TestSettings.withLeakDetection(THRESHOLD);
  private long now;
  private final Engine engine =
      new Engine(
          settings,
          new Login(
              (user, credential) -> StubDriver.connection(user, connection -> {}),
              user -> Secret.of("secret")),
          () -> now,
          workers);
  private final Handle alice = (Handle) engine.pools().get("alice");

  private Connection borrow() throws SQLException {
    Entry idle = engine.takeIdle(alice);
    if (idle != null) {
      return engine.lend(idle);
    }
    Waiter waiter = engine.queueing().enqueue(alice).waiter();
    workers.run();
    return engine.lend(Outcomes.entryServedTo(waiter));
  }

  private List<Todo.LeakReport> reportsAfter(Duration time) {
    now += time.toNanos();
    Todo todo = new Todo();
    engine.parts().sweep().all(now, todo);
    return todo.leaks();
  }

  @Test
  void a_connection_kept_too_long_is_reported_once_with_user_and_stack() throws SQLException {
    Connection kept = borrow();

    assertThat(reportsAfter(THRESHOLD.minusNanos(1))).isEmpty();
    assertThat(reportsAfter(Duration.ofNanos(1)))
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.user()).isEqualTo("alice");
              assertThat(report.held()).isEqualTo(THRESHOLD);
              assertThat(report.takenBy())
                  .hasStackTraceContaining("LeakTest.borrow")
                  .hasMessageContaining(Thread.currentThread().getName());
            });
    assertThat(reportsAfter(THRESHOLD)).isEmpty();
    kept.close();
  }

  @Test
  void each_time_it_is_kept_too_long_counts() throws SQLException {
    borrow().close();
    for (int time = 0; time < 2; time++) {
      Connection kept = borrow();
      assertThat(reportsAfter(THRESHOLD)).hasSize(1);
      kept.close();
    }
  }

  @Test
  void a_connection_that_came_back_is_not_reported_however_long_it_rests() throws SQLException {
    borrow().close();

    assertThat(reportsAfter(THRESHOLD)).isEmpty();
    Connection again = borrow();
    assertThat(reportsAfter(THRESHOLD.minusNanos(1))).isEmpty();
    again.close();
  }
}
