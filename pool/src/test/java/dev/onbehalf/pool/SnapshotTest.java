package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.PoolSnapshot.Awaited;
import dev.onbehalf.pool.PoolSnapshot.Cause;
import dev.onbehalf.pool.PoolSnapshot.Place;
import dev.onbehalf.pool.PoolSnapshot.State;
import dev.onbehalf.pool.PoolSnapshot.Waiting;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who holds what, who waits for what, and what was closed lately. */
final class SnapshotTest {
  private static final String SECRET = "hush-hush-0123";

  private final StubServer server = new StubServer();
  private final Semaphore credentials = new Semaphore(1_000_000);
  private final ExecutorService callers = Executors.newCachedThreadPool();
  private UserPoolManager manager = manager(2, 2);

  private UserPoolManager manager(int maxConnections, int each) {
    return UserPoolManager.builder(server, this::credential)
        .maxConnections(maxConnections)
        .maxConnectionsPerUser(each)
        .maxLoginsInFlight(8)
        .connectionTimeout(Duration.ofSeconds(20))
        .closeGracePeriod(Duration.ZERO)
        .build();
  }

  private Secret credential(String user) {
    credentials.acquireUninterruptibly();
    credentials.release();
    return Secret.of(SECRET);
  }

  @AfterEach
  void close() {
    server.gate.release(1_000_000);
    credentials.release(1_000_000);
    manager.close();
    callers.shutdownNow();
  }

  private void take(String user) {
    callers.execute(
        () -> {
          try {
            manager.getPool(user).getConnection();
          } catch (SQLException e) {
            // the end of the test
          }
        });
  }

  private void awaitWaiting(String user, int number, Awaited awaited) {
    await()
        .untilAsserted(
            () ->
                assertThat(manager.snapshot().waiting())
                    .filteredOn(it -> it.user().equals(user))
                    .extracting(Waiting::callers, Waiting::awaited)
                    .containsExactly(tuple(number, awaited)));
  }

  private List<State> statesOf(String user) {
    return manager.snapshot().places().stream()
        .filter(it -> it.user().equals(user))
        .map(Place::state)
        .toList();
  }

  @Test
  void who_holds_a_connection_and_whose_rests_is_told_with_its_age() throws SQLException {
    Connection alices = manager.getPool("alice").getConnection();
    manager.getPool("bob").getConnection().close();

    PoolSnapshot now = manager.snapshot();
    assertThat(now.places())
        .extracting(Place::user, Place::state, Place::leases)
        .containsExactly(tuple("alice", State.LENT, 1L), tuple("bob", State.IDLE, 1L));
    assertThat(now.totals().inUse()).isEqualTo(1);
    Place before = now.places().get(0);
    await()
        .untilAsserted(
            () -> {
              Place later = manager.snapshot().places().get(0);
              assertThat(later.connection()).isEqualTo(before.connection());
              assertThat(later.age()).isGreaterThan(before.age().plusMillis(20));
            });
    alices.close();
    assertThat(manager.snapshot().places().get(0).age()).isLessThan(Duration.ofSeconds(5));
    assertThat(statesOf("alice")).containsExactly(State.IDLE);
  }

  @Test
  void a_login_keeps_its_number_when_it_has_become_a_connection() {
    server.gate.drainPermits();
    take("alice");
    await().until(() -> statesOf("alice").equals(List.of(State.LOGGING_IN)));
    long number = manager.snapshot().places().get(0).connection();
    awaitWaiting("alice", 1, Awaited.LOGIN);

    server.gate.release(1_000_000);
    await().until(() -> statesOf("alice").equals(List.of(State.LENT)));
    assertThat(manager.snapshot().places().get(0).connection()).isEqualTo(number);
  }

  @Test
  void what_each_waits_for_is_told_apart() throws SQLException {
    manager.getPool("alice").getConnection();
    manager.getPool("alice").getConnection();
    take("alice");
    take("alice");
    awaitWaiting("alice", 2, Awaited.OWN_CONNECTION);
    take("bob");
    awaitWaiting("bob", 1, Awaited.PLACE);
    credentials.drainPermits();
    take("carol");
    awaitWaiting("carol", 1, Awaited.CREDENTIAL);
    Duration age = manager.snapshot().waiting().get(0).age();
    await().until(() -> manager.snapshot().waiting().get(0).age().compareTo(age) > 0);
    manager.suspend();
    awaitWaiting("carol", 1, Awaited.RESUMPTION);
    manager.resume();
  }

  @Test
  void an_eviction_is_told_with_its_cause_and_for_whom_it_was() throws SQLException {
    manager.getPool("alice").getConnection().close();
    manager.getPool("bob").getConnection();
    manager.getPool("carol").getConnection();
    manager.closePool("dora");

    List<PoolSnapshot.Eviction> evictions = manager.snapshot().evictions();
    assertThat(evictions).hasSize(1);
    assertThat(evictions.get(0).user()).isEqualTo("alice");
    assertThat(evictions.get(0).cause()).isEqualTo(Cause.BUDGET);
    assertThat(evictions.get(0).successor()).contains("carol");
    assertThat(evictions.get(0).leases()).isEqualTo(1);
    assertThat(evictions.get(0).ago()).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void the_latest_evictions_are_told_and_no_more_than_are_kept() throws SQLException {
    for (int i = 0; i < PoolSnapshot.MOST_EVICTIONS + 10; i++) {
      manager.getPool("user" + i).getConnection().close();
    }
    List<PoolSnapshot.Eviction> evictions = manager.snapshot().evictions();
    assertThat(evictions).hasSize(PoolSnapshot.MOST_EVICTIONS);
    assertThat(evictions.get(0).ago()).isLessThanOrEqualTo(evictions.get(1).ago());
    assertThat(evictions.get(0).connection()).isGreaterThan(evictions.get(63).connection());
  }

  @Test
  void a_refused_login_pauses_and_neither_secret_nor_message_is_told() {
    server.refusals.put("alice", new SQLException("no " + SECRET + " for alice", "28P01"));
    take("alice");
    await().until(() -> !manager.snapshot().backOffs().isEmpty());
    PoolSnapshot now = manager.snapshot();
    assertThat(now.backOffs().get(0).user()).isEqualTo("alice");
    assertThat(now.backOffs().get(0).sqlState()).isEqualTo("28P01");
    assertThat(now.toString()).doesNotContain(SECRET).doesNotContain("no ");
  }

  @Test
  void five_hundred_places_and_five_thousand_users_are_looked_at_in_no_time() throws SQLException {
    manager.close();
    manager = manager(500, 2);
    for (int i = 0; i < 500; i++) {
      manager.getPool("user" + i).getConnection();
    }
    for (int i = 500; i < 5_000; i++) {
      manager.getPool("user" + i);
    }
    for (int i = 0; i < 300; i++) {
      take("waiting" + i);
    }
    await().until(() -> manager.statistics().usersWaiting() == 300);

    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      long began = System.nanoTime();
      PoolSnapshot now = manager.snapshot();
      nanos.add(System.nanoTime() - began);
      assertThat(now.places()).hasSize(500);
      assertThat(now.waiting()).hasSize(PoolSnapshot.MOST_USERS);
    }
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    assertThat(sorted[100]).as("nanoseconds, the median").isLessThan(10_000_000);
  }
}
