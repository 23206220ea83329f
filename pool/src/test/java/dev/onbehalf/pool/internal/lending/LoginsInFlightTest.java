package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Waiter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Budget of six, two logins in flight at most, each in the place of somebody's idle connection. */
final class LoginsInFlightTest {
  private static final int BUDGET = 6;
  private static final int AT_ONCE = 2;

  private final ManualWorkers workers = new ManualWorkers();
  private final Engine engine =
      new Engine(
          settings(),
          new Login(
              (user, credential) -> StubDriver.connection(user, connection -> whileItCloses()),
              user -> Secret.of("secret")),
          () -> 0,
          workers);
  private int closing;
  private int mostClosing;
  private int mostLoggingIn;

  private static Settings settings() {
    Settings.Draft draft = new Settings.Draft();
    draft.maxConnections = BUDGET;
    draft.maxLoginsInFlight = AT_ONCE;
    return draft.checked();
  }

  /** All that other workers could do meanwhile. */
  private void whileItCloses() {
    mostClosing = Math.max(mostClosing, ++closing);
    mostLoggingIn = Math.max(mostLoggingIn, engine.statistics().ofAll().loggingIn());
    workers.run();
    closing--;
  }

  private Waiter enqueue(String user) throws SQLException {
    return engine.queueing().enqueue((Handle) engine.pools().get(user)).waiter();
  }

  @Test
  void no_more_connections_are_closed_for_logins_than_logins_may_be_in_flight()
      throws SQLException {
    for (int i = 0; i < BUDGET; i++) {
      Waiter waiter = enqueue("idle" + i);
      workers.run();
      engine.lend(Outcomes.entryServedTo(waiter)).close();
    }
    List<Waiter> waiting = new ArrayList<>();
    for (int i = 0; i < BUDGET; i++) {
      waiting.add(enqueue("new" + i));
    }
    workers.run();

    assertThat(mostClosing).isEqualTo(AT_ONCE);
    assertThat(mostLoggingIn).isEqualTo(AT_ONCE);
    assertThat(waiting.stream().map(Waiter::outcome)).hasOnlyElementsOfType(Waiter.Served.class);
  }

  @Test
  void an_answer_that_comes_too_late_makes_room_for_the_next_question() throws SQLException {
    for (int i = 0; i < 4 * AT_ONCE; i++) {
      enqueue("user" + i);
    }
    Waiter next = enqueue("next");
    engine.pools().evict("user0");
    workers.tasks.remove(0).run();

    assertThat(next.outcome()).isInstanceOf(Waiter.Served.class);
  }
}
