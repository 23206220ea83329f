package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each lease is heard of once when it begins and once when it has ended, however that comes. */
final class LeaseListenerTest {
  private final StubServer server = new StubServer();
  private final List<String> began = new CopyOnWriteArrayList<>();
  private final List<String> ended = new CopyOnWriteArrayList<>();
  private UserPoolManager manager =
      manager(
          user -> {
            began.add(user);
            return () -> ended.add(user);
          });

  private UserPoolManager manager(LeaseListener listener) {
    return UserPoolManager.builder(server, user -> Secret.of("secret"))
        .maxConnections(4)
        .connectionTimeout(Duration.ofSeconds(5))
        .closeGracePeriod(Duration.ZERO)
        .leaseListener(listener)
        .build();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void a_lease_that_is_given_back_twice_has_ended_once() throws SQLException {
    Connection connection = manager.getPool("alice").getConnection();
    assertThat(began).containsExactly("alice");
    assertThat(ended).isEmpty();
    connection.close();
    connection.close();
    assertThat(ended).containsExactly("alice");
    manager.getPool("alice").getConnection().close();
    assertThat(ended).containsExactly("alice", "alice");
  }

  @Test
  void an_old_wrapper_does_not_end_a_later_lease() throws SQLException {
    Connection old = manager.getPool("alice").getConnection();
    old.close();
    Connection later = manager.getPool("alice").getConnection();
    old.close();
    assertThat(ended).hasSize(1);
    later.close();
    assertThat(ended).hasSize(2);
  }

  @Test
  void a_lease_that_had_to_be_cleaned_or_was_aborted_has_ended_too() throws SQLException {
    Connection changed = manager.getPool("alice").getConnection();
    changed.setAutoCommit(false);
    changed.close();
    assertThat(ended).containsExactly("alice");
    Connection aborted = manager.getPool("bob").getConnection();
    aborted.abort(Runnable::run);
    assertThat(ended).containsExactly("alice", "bob");
    aborted.close();
    assertThat(ended).hasSize(2);
  }

  @Test
  void a_lease_that_is_taken_away_at_the_end_has_ended() throws SQLException {
    Connection kept = manager.getPool("alice").getConnection();
    manager.close();
    assertThat(ended).containsExactly("alice");
    kept.close();
    assertThat(ended).hasSize(1);
  }

  @Test
  void a_caller_who_gets_none_is_not_heard_of() throws SQLException {
    server.refusals.put("alice", new SQLException("no", "28P01"));
    try {
      manager.getPool("alice").getConnection();
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("28P01");
    }
    assertThat(began).isEmpty();
    assertThat(ended).isEmpty();
  }

  @Test
  void a_listener_that_fails_hinders_nobody() throws SQLException {
    manager.close();
    manager =
        manager(
            user -> {
              if (user.equals("alice")) {
                throw new IllegalStateException("began");
              }
              return () -> {
                throw new IllegalStateException("ended");
              };
            });
    manager.getPool("alice").getConnection().close();
    manager.getPool("bob").getConnection().close();
    assertThat(manager.statistics().inUse()).isZero();
    assertThat(manager.statistics().idle()).isEqualTo(2);
  }

  @Test
  void of_many_threads_each_lease_ends_once() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    CountDownLatch done = new CountDownLatch(8);
    for (int i = 0; i < 8; i++) {
      String user = "user" + i % 3;
      threads.execute(
          () -> {
            try {
              for (int turn = 0; turn < 2_000; turn++) {
                manager.getPool(user).getConnection().close();
              }
            } catch (SQLException e) {
              began.add(e.toString());
            }
            done.countDown();
          });
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> done.getCount() == 0);
    threads.shutdownNow();
    assertThat(began).hasSize(16_000);
    assertThat(ended).hasSize(16_000);
  }
}
