package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Waiter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls that hear of no interrupt. One hangs until all that follow from its end have been made, so
 * that those that hang at once are within each other, on one thread.
 */
final class HungThreadsTest {
  private static final int USERS = 40;

  private final ManualWorkers workers = new ManualWorkers();
  private String hangs = "";
  private int hanging;
  private int most;
  private long now;
  private final Engine engine =
      new Engine(
          TestSettings.withLimits(1),
          new Login(
              (user, credential) -> {
                call("connect");
                return StubDriver.connection(user, connection -> {});
              },
              user -> {
                call("credential");
                return Secret.of("secret");
              }),
          () -> now,
          workers);

  private void call(String name) {
    if (hangs.equals(name)) {
      hanging++;
      most = Math.max(most, hanging);
      pass(Duration.ofMinutes(1));
      hanging--;
    }
  }

  private void pass(Duration time) {
    now += time.toNanos();
    engine.sweep();
    workers.run();
  }

  private List<Waiter> enqueueAll() throws SQLException {
    List<Waiter> callers = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      callers.add(engine.queueing().enqueue((Handle) engine.pools().get("user" + i)).waiter());
    }
    return callers;
  }

  /** Else each that is given up makes room for one more, without end. */
  @ParameterizedTest
  @ValueSource(strings = {"connect", "credential"})
  void no_more_than_four_times_the_logins_in_flight_hang_at_once(String call) throws SQLException {
    hangs = call;
    List<Waiter> callers = enqueueAll();
    workers.run();
    assertThat(most).isEqualTo(4);

    hangs = "";
    pass(Duration.ofSeconds(1));
    assertThat(callers)
        .as("they have come back")
        .filteredOn(caller -> caller.outcome() instanceof Waiter.Served)
        .hasSize(1);
  }
}
