package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Waiter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Budget of two: alice has one connection in use and wants another; bob's is idle. */
final class PatienceTest {
  private final ManualWorkers workers = new ManualWorkers();
  private final List<String> logins = new ArrayList<>();
  private long now;
  private final Engine engine =
      new Engine(
          TestSettings.withLimits(2),
          new Login(this::connect, user -> Secret.of("secret")),
          () -> now,
          workers);
  private final Handle alice = (Handle) engine.pools().get("alice");
  private Connection alices = connect("nobody", Secret.of("secret"));

  private Connection connect(String user, Secret credential) {
    logins.add(user);
    now += Duration.ofMillis(30).toNanos();
    return StubDriver.connection(user, connection -> {});
  }

  private Connection borrow(String user) throws SQLException {
    Waiter waiter = engine.queueing().enqueue((Handle) engine.pools().get(user)).waiter();
    workers.run();
    return engine.lend(Outcomes.entryServedTo(waiter));
  }

  @BeforeEach
  void alice_works_and_bob_rests() throws SQLException {
    alices = borrow("alice");
    borrow("bob").close();
    logins.clear();
  }

  @Test
  void who_has_a_connection_waits_for_it_and_closes_nobody_elses() throws SQLException {
    Waiter waiter = engine.queueing().enqueue(alice).waiter();
    workers.run();
    assertThat(waiter.outcome()).isNull();

    alices.close();
    assertThat(waiter.outcome()).isInstanceOf(Waiter.Served.class);
    assertThat(logins).isEmpty();
    assertThat(engine.statistics().ofAll().evicted().budget()).isZero();
  }

  @Test
  void who_has_waited_as_long_as_a_login_takes_gets_one() throws SQLException {
    Queueing.Place place = engine.queueing().enqueue(alice);
    engine.queueing().insist(place);
    engine.queueing().insist(place);
    workers.run();

    assertThat(place.waiter().outcome()).isInstanceOf(Waiter.Served.class);
    assertThat(logins).containsExactly("alice");
    assertThat(engine.statistics().ofAll().evicted().budget()).isEqualTo(1);
  }

  @Test
  void of_several_callers_only_those_who_insist_get_a_login() throws SQLException {
    Queueing.Place first = engine.queueing().enqueue(alice);
    Queueing.Place second = engine.queueing().enqueue(alice);
    engine.queueing().insist(first);
    workers.run();

    assertThat(first.waiter().outcome()).isInstanceOf(Waiter.Served.class);
    assertThat(second.waiter().outcome()).isNull();
    assertThat(logins).containsExactly("alice");
  }

  @Test
  void who_has_nothing_need_not_wait() throws SQLException {
    borrow("carol").close();
    assertThat(logins).containsExactly("carol");
    assertThat(engine.pools().has("bob")).isFalse();
  }

  @Test
  void who_waits_takes_a_place_that_becomes_free() throws SQLException {
    Queueing.Place place = engine.queueing().enqueue(alice);
    engine.pools().close("bob");
    workers.run();

    assertThat(place.waiter().outcome()).isInstanceOf(Waiter.Served.class);
    assertThat(logins).containsExactly("alice");
  }

  @Test
  void who_gives_up_leaves_nothing_behind() throws SQLException {
    Queueing.Place place = engine.queueing().enqueue(alice);
    engine.queueing().insist(place);
    alices.close();
    assertThat(place.waiter().outcome()).isInstanceOf(Waiter.Served.class);
    engine.queueing().insist(place);
    workers.run(); // the credential has been asked for in vain

    assertThat(engine.statistics().ofAll().waiting()).isZero();
    assertThat(logins).isEmpty();
  }

  @Test
  void what_a_login_takes_is_measured() {
    assertThat(Duration.ofNanos(engine.parts().logins().patience()))
        .isBetween(Duration.ofMillis(20), Duration.ofMillis(30));
  }

  @Test
  void who_is_interrupted_gets_no_login_any_more() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(alice::getConnection).hasCauseInstanceOf(InterruptedException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    workers.run();

    assertThat(logins).isEmpty();
    assertThat(engine.statistics().ofAll().evicted().budget()).isZero();
  }
}
