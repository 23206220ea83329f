package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.deciding.Todo;
import dev.onbehalf.pool.internal.login.Login;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The application has a reserve of one; budget and logins in flight are small. */
final class ReserveTest {
  private final ManualWorkers workers = new ManualWorkers();
  private final List<String> logins = new ArrayList<>();
  private boolean refused;
  private long now;

  private Engine engine(int budget, int loginsInFlight) {
    Settings.Draft settings = new Settings.Draft();
    settings.maxConnections = budget;
    settings.maxLoginsInFlight = loginsInFlight;
    Login login = new Login(this::connect, user -> Secret.of("secret"));
    Engine engine = new Engine(settings.checked(), login, () -> now, workers);
    engine.pools().get("app", new UserPoolOverrides(3, 1));
    return engine;
  }

  private Connection connect(String user, Secret credential) throws SQLException {
    logins.add(user);
    if (refused) {
      throw new SQLException("refused", "28000");
    }
    return StubDriver.connection(user, connection -> {});
  }

  private static Queueing.Place enqueue(Engine engine, String user) throws SQLException {
    return engine.queueing().enqueue((Handle) engine.pools().get(user));
  }

  private static Connection lend(Engine engine, Queueing.Place place) {
    return engine.lend(Outcomes.entryServedTo(place.waiter()));
  }

  @Test
  void many_evictions_at_once_leave_the_reserve_alone() throws SQLException {
    Engine engine = engine(4, 4);
    List<Queueing.Place> apps = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      apps.add(enqueue(engine, "app"));
    }
    workers.run();
    for (Queueing.Place each : apps) {
      lend(engine, each).close();
    }
    for (String user : List.of("alice", "bob", "carol", "dave")) {
      enqueue(engine, user);
    }
    workers.run();
    Queueing.Place late = enqueue(engine, "app");
    workers.run();

    lend(engine, late).close();
    assertThat(engine.statistics().ofAll().total()).isEqualTo(4);
  }

  @Test
  void who_was_refused_while_others_were_first_in_turn_leaves_no_turn_behind() throws SQLException {
    Engine engine = engine(3, 2);
    enqueue(engine, "app");
    Queueing.Place zed = enqueue(engine, "zed");
    Queueing.Place bob = enqueue(engine, "bob");
    Queueing.Place carol = enqueue(engine, "carol");
    enqueue(engine, "app");
    refused = true;
    workers.tasks.remove(0).run(); // the application's; bob's begins, carol's may not yet
    refused = false;
    workers.run(); // bob has the last place; carol finds nothing free, so reserves are looked at
    assertThat(engine.statistics().ofAll().waiting()).isEqualTo(1);
    Connection zeds = lend(engine, zed);
    lend(engine, bob);
    logins.clear();

    now += Duration.ofSeconds(1).toNanos();
    zeds.close();
    workers.run();
    lend(engine, carol).close();
    assertThat(logins).as("nobody of the application's waits").containsExactly("carol");
  }

  @Test
  void who_has_these_overrides_already_is_found_while_others_are_being_decided_on() {
    Engine engine = engine(3, 2);
    engine
        .parts()
        .decisions()
        .decide(
            new Todo(),
            todo ->
                assertThat(
                        CompletableFuture.supplyAsync(
                            () -> engine.pools().get("app", new UserPoolOverrides(3, 1))))
                    .succeedsWithin(Duration.ofSeconds(10)));
  }
}
