package dev.onbehalf.pool.internal.deciding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPool;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.deciding.Call.Closing;
import dev.onbehalf.pool.internal.deciding.Call.LoggingIn;
import dev.onbehalf.pool.internal.user.Slot;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One login in flight at most; bob's connection is closed for alice's. */
final class CallsTest {
  private static final long SLOW = Duration.ofSeconds(1).toNanos();

  private final Calls calls = new Calls(settings());
  private final Todo todo = new Todo();
  private final LoggingIn login = login();
  private final Closing closing = closing(false);

  private static Settings settings() {
    Settings.Draft draft = new Settings.Draft();
    draft.maxLoginsInFlight = 1;
    return draft.checked();
  }

  private static Slot slot(String user) {
    return new Slot(
        user,
        slot ->
            (UserPool)
                Proxy.newProxyInstance(
                    UserPool.class.getClassLoader(),
                    new Class<?>[] {UserPool.class},
                    (proxy, method, arguments) -> null));
  }

  private static LoggingIn login() {
    return new LoggingIn(slot("alice"), 2, Secret.of("secret"), true, true, 0);
  }

  private Closing closing(boolean abort) {
    return new Closing(slot("bob"), 1, StubDriver.connection("bob", driver -> {}), abort, login, 0);
  }

  private void assertInFlight(int logins) {
    assertThat(calls.loggingIn()).isEqualTo(logins);
    assertThat(calls.mayLogIn()).isEqualTo(logins == 0);
  }

  /** Whatever was counted by hand. */
  @AfterEach
  void nothingIsLeft() {
    calls.all().forEach(call -> calls.end(call, 2 * SLOW, todo));
    assertInFlight(0);
    calls.recount(2 * SLOW, todo);
    assertInFlight(0);
  }

  @Test
  void a_login_counts_from_the_closing_for_it_to_its_own_end() {
    calls.begin(closing, 0, todo);
    assertInFlight(1);
    calls.recount(0, todo);
    assertInFlight(1);
    calls.end(closing, 0, todo);
    calls.begin(login, 0, todo);
    assertInFlight(1);
    calls.end(login, 0, todo);
    assertInFlight(0);
  }

  @Test
  void a_closing_that_is_overdue_is_aborted_for_the_same_login() {
    calls.begin(closing, 0, todo);
    calls.end(closing, 0, todo);
    calls.begin(closing(true), 0, todo);
    assertInFlight(1);
  }

  @Test
  void nobodys_login_counts_when_the_pool_was_closed_while_a_connection_was_closed_for_it() {
    calls.begin(closing, 0, todo);
    calls.end(closing, 0, todo);
    assertInFlight(0);
  }

  @Test
  void a_closing_that_hangs_is_in_nobodys_way_and_its_login_is_when_it_is_made() {
    calls.begin(closing, 0, todo);
    assertThat(calls.noticeSlow(SLOW - 1)).isFalse();
    assertThat(calls.noticeSlow(SLOW)).isTrue();
    assertThat(calls.loggingIn()).isEqualTo(1);
    assertThat(calls.mayLogIn()).isTrue();

    calls.end(closing, SLOW, todo);
    calls.begin(login, SLOW, todo);
    assertInFlight(1);
    assertThat(calls.noticeSlow(2 * SLOW - 1)).isFalse();
    assertThat(calls.noticeSlow(2 * SLOW)).isTrue();
    assertThat(calls.mayLogIn()).isTrue();
  }
}
