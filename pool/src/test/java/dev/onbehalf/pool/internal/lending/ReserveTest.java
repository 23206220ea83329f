package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.onbehalf.pool.ConnectionTimeoutException;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.deciding.Todo;
import dev.onbehalf.pool.internal.login.Login;
import java.lang.management.ManagementFactory;
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

  /** Memory stands for work: whoever looks at all who wait makes a list of them first. */
  @Test
  void while_a_reserve_is_unused_one_caller_more_costs_what_the_first_did() throws SQLException {
    Engine engine = engine(3, 3);
    for (String user : List.of("alice", "bob", "carol")) {
      enqueue(engine, user);
      workers.run();
    }
    assertThat(engine.statistics().ofAll().total()).as("one is the application's").isEqualTo(2);
    comeAndGo(engine); // whatever is made once
    long few = comeAndGo(engine);
    for (int i = 0; i < 1_000; i++) {
      enqueue(engine, "user" + i);
      workers.run();
    }
    assertThat(comeAndGo(engine)).isLessThan(2 * few);
  }

  /** In bytes. */
  private long comeAndGo(Engine engine) throws SQLException {
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getThreadAllocatedBytes(Thread.currentThread().getId());
    Queueing.Place place = enqueue(engine, "zed");
    workers.run();
    assertThatThrownBy(() -> engine.queueing().giveUp(place, Duration.ZERO))
        .isInstanceOf(ConnectionTimeoutException.class);
    return thread.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
  }

  @Test
  void a_reserve_given_half_way_is_one_after_a_sweep() throws SQLException {
    Engine engine = engine(3, 3);
    assertThatThrownBy(
            () ->
                engine
                    .parts()
                    .decisions()
                    .decide(
                        new Todo(),
                        todo -> {
                          ((Handle) engine.pools().get("jobs"))
                              .slot()
                              .override(new UserPoolOverrides(3, 1));
                          throw new OutOfMemoryError("before the reserve was counted");
                        }))
        .isInstanceOf(OutOfMemoryError.class);
    engine.sweep();
    for (String user : List.of("alice", "bob", "jobs", "app")) {
      enqueue(engine, user);
      workers.run();
    }
    assertThat(logins).containsExactly("alice", "jobs", "app");
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
