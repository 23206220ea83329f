package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Waiter;
import dev.onbehalf.pool.internal.work.Housekeeper;
import dev.onbehalf.pool.internal.work.Workers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the work when there is no thread for it, or something is badly wrong. */
final class WorkersTest {

  /** As in a container that may have no more threads, for a while. */
  private static final class SomeThreads implements Workers {
    final ManualWorkers later = new ManualWorkers();
    boolean some = true;

    @Override
    public void execute(Runnable task) {
      if (!some) {
        throw new InternalError("unable to create native thread");
      }
      later.execute(task);
    }

    @Override
    public void stop() {}
  }

  private static Engine engine(LongSupplier ticker) {
    Login login =
        new Login(
            (user, credential) -> StubDriver.connection(user, connection -> {}),
            user -> Secret.of("secret"));
    return new Engine(TestSettings.withLimits(2), login, ticker, new SomeThreads());
  }

  /** It may be anybody's, and hang. */
  @Test
  void without_a_thread_no_caller_makes_a_call_and_the_sweeps_hand_it_out_again()
      throws SQLException {
    SomeThreads threads = new SomeThreads();
    List<String> calls = new ArrayList<>();
    long[] now = {0};
    Login login =
        new Login(
            (user, credential) -> {
              calls.add("log in " + user);
              return StubDriver.connection(user, connection -> calls.add("close " + user));
            },
            user -> Secret.of("secret"));
    Engine engine = new Engine(TestSettings.withLimits(1), login, () -> now[0], threads);
    Connection alices = engine.lend(entryOf(enqueue(engine, "alice"), threads));
    Waiter bobs = enqueue(engine, "bob");
    threads.later.run(); // bob's credential
    calls.clear();

    threads.some = false;
    alices.close(); // bob's turn
    assertThat(calls).isEmpty();
    now[0] += 1_000_000_001L;
    engine.sweep();
    assertThat(calls).isEmpty();
    threads.some = true;
    now[0] += 1_000_000_001L;
    engine.sweep();
    threads.later.run();
    assertThat(calls).containsExactly("close alice", "log in bob");
    assertThat(bobs.outcome()).isInstanceOf(Waiter.Served.class);
  }

  private static Waiter enqueue(Engine engine, String user) throws SQLException {
    return engine.queueing().enqueue((Handle) engine.pools().get(user)).waiter();
  }

  private static Entry entryOf(Waiter waiter, SomeThreads threads) {
    threads.later.run();
    return Outcomes.entryServedTo(waiter);
  }

  @Test
  void what_nobody_has_begun_is_handed_out_once_a_second_and_no_sooner() throws SQLException {
    ManualWorkers workers = new ManualWorkers();
    long[] now = {0};
    Settings.Draft draft = new Settings.Draft();
    draft.validationTimeout = Duration.ofMillis(200); // over before it is handed out again
    Login login =
        new Login(
            (user, credential) -> StubDriver.connection(user, connection -> {}),
            user -> Secret.of("secret"));
    Engine engine = new Engine(draft.checked(), login, () -> now[0], workers);
    Waiter waiter = enqueue(engine, "alice");
    workers.run();
    engine.lend(Outcomes.entryServedTo(waiter)).close();

    engine.pools().evict("alice");
    assertThat(workers.tasks).hasSize(1);
    for (int sweep = 0; sweep < 75; sweep++) { // three seconds
      now[0] += 40_000_001L;
      engine.sweep();
    }
    assertThat(workers.tasks).hasSize(4);
    workers.tasks.get(0).run();
    assertThat(engine.statistics().ofAll().total()).isZero();
  }

  /** Nobody watches the time while the housekeeper waits for a driver. */
  @Test
  void without_a_thread_a_closing_waits_until_there_is_one() throws SQLException {
    SomeThreads threads = new SomeThreads();
    long[] now = {0};
    List<String> closed = new ArrayList<>();
    Login login =
        new Login(
            (user, credential) -> StubDriver.connection(user, connection -> closed.add(user)),
            user -> Secret.of("secret"));
    Engine engine = new Engine(TestSettings.withLimits(2), login, () -> now[0], threads);
    engine.lend(entryOf(enqueue(engine, "alice"), threads)).close();

    threads.some = false;
    now[0] += Settings.DEFAULTS.idleTimeout().toNanos() + 1;
    for (int seconds = 0; seconds < 20; seconds++) { // longer than a closing and an abort may take
      engine.sweep();
      now[0] += 1_000_000_001L;
    }
    assertThat(closed).isEmpty();
    assertThat(engine.statistics().ofAll().total()).as("the place is its own").isEqualTo(1);
    threads.some = true;
    now[0] += 1_000_000_001L;
    engine.sweep();
    threads.later.run();
    assertThat(closed).hasSize(1);
    assertThat(engine.statistics().ofAll().total()).isZero();
  }

  /** Else a second close() waits for the end of the first for ever. */
  @Test
  @Timeout(30)
  void closing_that_fails_half_way_ends_all_the_same() throws SQLException {
    boolean[] breaks = {false};
    boolean[] stopped = {false};
    Login login =
        new Login(
            (user, credential) -> StubDriver.connection(user, connection -> {}),
            user -> Secret.of("secret"));
    Workers workers =
        new Workers() {
          @Override
          public void execute(Runnable task) {
            task.run();
          }

          @Override
          public void stop() {
            stopped[0] = true;
          }
        };
    Settings.Draft draft = new Settings.Draft();
    draft.closeGracePeriod = Duration.ZERO;
    Engine engine =
        new Engine(
            draft.checked(),
            login,
            () -> {
              if (breaks[0]) {
                breaks[0] = false;
                throw new StackOverflowError("once");
              }
              return 0;
            },
            workers);
    Waiter waiter = engine.queueing().enqueue((Handle) engine.pools().get("alice")).waiter();
    engine.lend(Outcomes.entryServedTo(waiter)).close();

    breaks[0] = true;
    assertThatThrownBy(engine::close).isInstanceOf(StackOverflowError.class);
    engine.close();
    assertThat(engine.statistics().ofAll().total()).isZero();
    assertThat(stopped[0]).isTrue();
  }

  @Test
  void the_housekeeper_outlives_an_error() {
    AtomicInteger readings = new AtomicInteger();
    Housekeeper housekeeper =
        Housekeeper.start(
            engine(
                    () -> {
                      if (readings.incrementAndGet() == 2) { // the first sweep's
                        throw new StackOverflowError("once");
                      }
                      return 0;
                    })
                ::sweep);
    try {
      await()
          .untilAsserted(
              () -> {
                housekeeper.wake();
                assertThat(readings).hasValueGreaterThan(2);
              });
    } finally {
      housekeeper.stop();
    }
  }
}
