package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.deciding.Todo;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Slot;
import dev.onbehalf.pool.internal.user.Waiter;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Something is thrown between two counts: what was counted wrongly is right after a sweep. */
final class DamageTest {
  @SuppressWarnings("NullAway") // as a caller may
  private static final String NOBODY = null;

  private final ManualWorkers workers = new ManualWorkers();
  private final Engine engine =
      new Engine(
          Settings.DEFAULTS,
          new Login(
              (user, credential) -> StubDriver.connection(user, connection -> {}),
              user -> Secret.of("secret")),
          () -> 0,
          workers);

  private Slot slot(String user) {
    return ((Handle) engine.pools().get(user)).slot();
  }

  private void damage(Throwable by) {
    decide(
        () -> {
          slot("alice").takePlace();
          slot("alice").enqueue(new Waiter()); // and nobody knows
          if (by instanceof Error error) {
            throw error;
          }
          throw (RuntimeException) by;
        });
  }

  private void decide(Runnable change) {
    engine.parts().decisions().decide(new Todo(), todo -> change.run());
  }

  @ParameterizedTest
  @ValueSource(classes = {OutOfMemoryError.class, NullPointerException.class})
  void whatever_is_thrown_between_two_counts(Class<? extends Throwable> type) throws Exception {
    Throwable thrown = type.getDeclaredConstructor().newInstance();
    assertThatThrownBy(() -> damage(thrown)).isSameAs(thrown);
    assertThat(engine.statistics().ofAll().waiting()).isZero();

    engine.sweep();
    workers.run();

    assertThat(slot("alice").waiting()).as("is served").isZero();
    assertThat(slot("alice").places()).isEqualTo(1);
    assertThat(engine.statistics().ofAll().total()).isEqualTo(1);
  }

  @Test
  void who_has_left_without_being_counted_is_counted_no_more() throws SQLException {
    Slot alice = slot("alice");
    Waiter waiter = engine.queueing().enqueue((Handle) alice.handle()).waiter();
    assertThatThrownBy(
            () ->
                decide(
                    () -> {
                      alice.dequeue(waiter);
                      throw new IllegalStateException("half-way");
                    }))
        .hasMessage("half-way");
    engine.sweep();
    assertThat(engine.statistics().ofAll().waiting()).isZero();
    assertThat(engine.statistics().ofAll().usersWaiting()).isZero();
  }

  @Test
  void who_asks_for_what_cannot_be_damages_nothing() {
    // What is counted wrongly without a word stays so: nothing is counted anew.
    decide(() -> slot("alice").takePlace());
    assertThatThrownBy(() -> engine.pools().get("greedy", new UserPoolOverrides(60, 60)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> engine.pools().close(NOBODY)).isInstanceOf(NullPointerException.class);
    engine.sweep();
    assertThat(slot("alice").places()).isEqualTo(1);
    engine.close();
    assertThatThrownBy(() -> engine.pools().get("late")).isInstanceOf(IllegalStateException.class);
  }
}
