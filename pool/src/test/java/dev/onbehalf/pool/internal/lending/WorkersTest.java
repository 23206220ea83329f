package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Waiter;
import dev.onbehalf.pool.internal.work.Housekeeper;
import dev.onbehalf.pool.internal.work.Workers;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** What becomes of the work when there is no thread for it, or something is badly wrong. */
final class WorkersTest {

  /** As in a container that may have no more threads. */
  private static final class NoThreads implements Workers {
    @Override
    public void execute(Runnable task) {
      throw new InternalError("unable to create native thread");
    }

    @Override
    public void stop() {}
  }

  private static Engine engine(LongSupplier ticker) {
    Login login =
        new Login(
            (user, credential) -> StubDriver.connection(user, connection -> {}),
            user -> Secret.of("secret"));
    return new Engine(TestSettings.withLimits(2), login, ticker, new NoThreads());
  }

  @Test
  void without_a_thread_the_caller_does_the_work() throws SQLException {
    Engine engine = engine(() -> 0);
    Waiter waiter = engine.queueing().enqueue((Handle) engine.pools().get("alice")).waiter();
    assertThat(waiter.outcome()).isInstanceOf(Waiter.Served.class);
    engine.lend(((Waiter.Served) waiter.outcome()).entry()).close();

    engine.pools().close("alice");
    assertThat(engine.statistics().ofAll().total()).isZero();
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
