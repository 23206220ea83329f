package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.pool.ConnectionTimeoutException;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Slot;
import dev.onbehalf.pool.internal.user.Waiter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Budget of two, two logins in flight at most: while both are, all others wait for their end. */
final class BusyLoginsTest {
  private final ManualWorkers workers = new ManualWorkers();
  private final Engine engine =
      new Engine(
          TestSettings.withLimits(2),
          new Login(BusyLoginsTest::connect, user -> Secret.of("secret")),
          () -> 0,
          workers);

  private static Connection connect(String user, Secret credential) throws SQLException {
    if (user.equals("mallory")) {
      throw new SQLException("refused", "28000");
    }
    return StubDriver.connection(user, connection -> {});
  }

  private Waiter enqueue(String user) throws SQLException {
    return engine.queueing().enqueue((Handle) engine.pools().get(user)).waiter();
  }

  private Slot slot(String user) {
    return ((Handle) engine.pools().get(user)).slot();
  }

  private Connection lend(Waiter waiter) {
    return engine.lend(Outcomes.entryServedTo(waiter));
  }

  @Test
  void who_needs_no_login_keeps_the_common_path() throws SQLException {
    enqueue("alice");
    enqueue("bob");
    Waiter carol = enqueue("carol");

    assertThat(engine.isQuiet(slot("dave"))).isTrue();
    assertThat(engine.isQuiet(slot("carol"))).isFalse();

    workers.run(); // alice's and bob's login end; no place is free for carol's
    assertThat(carol.outcome()).isNull();
    assertThat(engine.isQuiet(slot("dave"))).isFalse();
  }

  @Test
  void after_a_logins_end_the_first_in_turn_takes_what_came_back_meanwhile() throws SQLException {
    Waiter alice = enqueue("alice");
    Waiter bob = enqueue("bob");
    Waiter carol = enqueue("carol");

    workers.tasks.remove(0).run();
    Connection alices = lend(alice);
    assertThat(carol.outcome()).isNull();
    alices.close(); // no login for carol is under way, and one may be: she takes the place
    workers.run();

    lend(carol).close();
    lend(bob).close();
    assertThat(engine.statistics().ofAll().evicted().budget()).isEqualTo(1);
    assertThat(engine.pools().has("alice")).isFalse();
  }

  @Test
  void a_connection_that_came_back_unseen_is_found_when_a_login_may_begin() throws SQLException {
    Waiter alice = enqueue("alice");
    workers.run();
    Connection alices = lend(alice);
    Waiter bob = enqueue("bob");
    workers.run();
    Connection bobs = lend(bob);
    bobs.close();
    Waiter carol = enqueue("carol"); // closes bob's for it
    alices.close(); // on the common path: one login is under way, one more may begin
    Waiter dave = enqueue("dave");
    workers.run();

    assertThat(carol.outcome()).isInstanceOf(Waiter.Served.class);
    assertThat(dave.outcome()).isInstanceOf(Waiter.Served.class);
  }

  @Test
  void who_comes_after_their_pool_was_closed_does_not_wait_for_its_login() throws SQLException {
    enqueue("alice");
    engine.pools().close("alice");
    Waiter again = enqueue("alice");
    assertThat(workers.tasks).hasSize(2);

    workers.tasks.remove(1).run();
    Connection connection = lend(again);
    workers.run();
    assertThat(engine.statistics().ofAll().total()).isEqualTo(1);
    connection.close();
  }

  @Test
  void a_login_that_was_refused_after_its_pool_was_closed_delays_nobody() throws SQLException {
    enqueue("mallory");
    engine.pools().close("mallory");
    workers.run();
    Waiter again = enqueue("mallory");

    assertThat(again.outcome()).isNull();
    assertThat(workers.tasks).hasSize(1);
  }

  @Test
  void who_was_refused_a_moment_ago_learns_it_at_once_however_many_wait() throws SQLException {
    enqueue("mallory");
    enqueue("alice");
    workers.run();
    enqueue("bob");
    workers.run();
    Waiter carol = enqueue("carol"); // all are in use
    Waiter again = enqueue("mallory");

    assertThat(again.outcome()).isInstanceOf(Waiter.Failed.class);
    assertThat(carol.outcome()).isNull();
  }

  @Test
  void when_the_last_who_waited_has_given_up_all_take_the_common_path_again() throws SQLException {
    enqueue("alice");
    enqueue("bob");
    workers.run();
    Queueing.Place carol = engine.queueing().enqueue((Handle) engine.pools().get("carol"));
    workers.run();
    assertThat(engine.isQuiet(slot("dave"))).isFalse();

    assertThatThrownBy(() -> engine.queueing().giveUp(carol, Duration.ofSeconds(1)))
        .isInstanceOf(ConnectionTimeoutException.class);
    assertThat(engine.isQuiet(slot("dave"))).isTrue();
  }
}
