package dev.onbehalf.pool.internal.lending;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.work.WorkerThreads;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A caller who has an idle connection in hand that must be looked at, while others wait for it. */
@Timeout(30)
final class PutBackTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private static Settings settings() {
    Settings.Draft draft = new Settings.Draft();
    draft.maxConnectionsPerUser = 1;
    draft.maxWaitersPerUser = 1;
    return draft.checked();
  }

  @Test
  void neither_they_nor_the_others_are_refused_or_left_asleep() throws Exception {
    Engine engine =
        new Engine(
            settings(),
            new Login(
                (user, credential) -> StubDriver.connection(user, connection -> {}),
                user -> Secret.of("secret")),
            System::nanoTime,
            new WorkerThreads());
    try {
      Handle alice = (Handle) engine.pools().get("alice");
      engine.acquire(alice, LONG).close();
      Entry inHand = requireNonNull(engine.takeIdle(alice));
      CompletableFuture<Void> other =
          CompletableFuture.runAsync(
              () -> {
                try (Connection connection = engine.acquire(alice, LONG)) {
                  assertThat(connection).isNotNull();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      await().until(() -> engine.statistics().ofAll().waiting() == 1);

      long deadline = System.nanoTime() + LONG.toNanos();
      Entry own = engine.queueing().await(alice, new Queueing.Stale(inHand), deadline, LONG);
      assertThat(own).isSameAs(inHand);
      other.get(10, TimeUnit.SECONDS); // no housekeeper has helped: there is none
      engine.lend(own).close();
    } finally {
      engine.close();
    }
  }
}
