package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.jdbc.PooledConnection;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Waiter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What happens between a returning borrower's look for waiting callers and the moment when the
 * connection becomes idle. The returner reads the time in between, which lets a test in there.
 */
final class ReturnRaceTest {
  private final ManualWorkers workers = new ManualWorkers();
  private final List<Connection> live = new ArrayList<>();
  private Runnable atNextReading = () -> {};
  private final Engine engine =
      new Engine(
          Settings.DEFAULTS,
          new Login(this::connect, user -> Secret.of("secret")),
          this::now,
          workers);

  private Connection connect(String user, Secret credential) {
    Connection connection = StubDriver.connection(user, live::remove);
    live.add(connection);
    return connection;
  }

  private long now() {
    Runnable once = atNextReading;
    atNextReading = () -> {};
    once.run();
    return 0;
  }

  /** All three that alice may have; used ones have to be cleaned when they come back. */
  private List<Connection> borrowAll(Handle handle, boolean used) throws SQLException {
    List<Connection> held = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      held.add(engine.lend(lease(handle)));
    }
    for (Connection connection : used ? held : List.<Connection>of()) {
      connection.createStatement();
    }
    return held;
  }

  @ParameterizedTest(name = "used: {0}")
  @ValueSource(booleans = {false, true})
  void a_caller_who_begins_to_wait_while_a_connection_comes_back_is_served(boolean used)
      throws SQLException {
    Handle handle = (Handle) engine.pools().get("alice");
    List<Connection> held = borrowAll(handle, used);
    List<Queueing.Place> late = new ArrayList<>();
    atNextReading = () -> late.add(enqueue(handle));
    held.get(0).close();

    assertThat(late.get(0).waiter().outcome()).isInstanceOf(Waiter.Served.class);
  }

  @ParameterizedTest(name = "used: {0}")
  @ValueSource(booleans = {false, true})
  void a_connection_that_comes_back_while_its_pool_is_closed_does_not_stay(boolean used)
      throws SQLException {
    Handle handle = (Handle) engine.pools().get("alice");
    List<Connection> held = borrowAll(handle, used);
    atNextReading = () -> engine.pools().close("alice");
    for (Connection connection : held) {
      connection.close();
    }
    workers.run();

    assertThat(live).isEmpty();
    assertThat(engine.pools().size()).isZero();
  }

  private Queueing.Place enqueue(Handle handle) {
    try {
      return engine.queueing().enqueue(handle);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Another thread may still see the wrapper as open after its return. */
  @Test
  void an_abort_that_comes_after_the_return_leaves_the_next_lease_alone() throws SQLException {
    Handle handle = (Handle) engine.pools().get("alice");
    Entry entry = lease(handle);
    Connection asAnotherThreadSeesIt = new PooledConnection(entry, entry.leases(), entry.driver());
    engine.lend(entry).close();
    Connection next = engine.lend(lease(handle));
    asAnotherThreadSeesIt.abort(Runnable::run);

    assertThat(next.isClosed()).isFalse();
    next.close();
    workers.run();
    assertThat(live).hasSize(1);
  }

  private Entry lease(Handle handle) throws SQLException {
    Waiter waiter = engine.queueing().enqueue(handle).waiter();
    workers.run();
    return Outcomes.entryServedTo(waiter);
  }
}
