package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an observer is told, and of what it is not. */
final class ObservedTest {
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final ThreadLocal<String> within = ThreadLocal.withInitial(() -> "nothing");
  private final StubServer server = new StubServer();

  private final Observer observer =
      new Observer() {
        @Override
        public <T, E extends Exception> T observe(String operation, Work<T, E> work) throws E {
          String around = within.get();
          within.set(operation);
          try {
            T result = work.run();
            told.add(operation + " within " + around);
            return result;
          } catch (Throwable e) {
            told.add(operation + " failed with " + e.getClass().getSimpleName());
            throw e;
          } finally {
            within.set(around);
          }
        }

        @Override
        public Runnable handOver(Runnable task) {
          String here = within.get();
          return () -> {
            within.set(here);
            try {
              task.run();
            } finally {
              within.remove();
            }
          };
        }
      };

  private UserPoolManager.Builder manager() {
    return UserPoolManager.builder(server, user -> Secret.of("secret")).observer(observer);
  }

  @Test
  void a_login_is_told_of_as_part_of_the_acquisition_that_waits_for_it() throws SQLException {
    try (UserPoolManager manager = manager().build()) {
      manager.getPool("alice").getConnection().close();
      assertThat(told)
          .containsExactly(
              "credential within acquire", "login within acquire", "acquire within nothing");
    }
  }

  @Test
  void an_acquisition_that_finds_an_idle_connection_is_not_told_of() throws SQLException {
    try (UserPoolManager manager = manager().build()) {
      UserPool alice = manager.getPool("alice");
      alice.getConnection().close();
      told.clear();
      try (Connection connection = alice.getConnection()) {
        assertThat(connection.isClosed()).isFalse();
      }
      assertThat(told).isEmpty();
      assertThat(manager.statistics().acquired()).isEqualTo(2);
    }
  }

  @Test
  void who_hears_of_leases_is_told_for_which_a_connection_was_opened() throws SQLException {
    List<Boolean> opened = new CopyOnWriteArrayList<>();
    Observer hearing =
        new Observer() {
          @Override
          public boolean hearsLeases() {
            return true;
          }

          @Override
          public void leased(long nanos, boolean newly) {
            opened.add(newly);
          }
        };
    try (UserPoolManager manager = manager().observer(hearing).build()) {
      UserPool alice = manager.getPool("alice");
      alice.getConnection().close();
      alice.getConnection().close();
      UserPool bob = manager.getPool("bob");
      bob.prewarm();
      await().until(() -> bob.statistics().idle() == 1);
      bob.getConnection().close();
    }
    assertThat(opened)
        .as("one at hand that nobody had before too")
        .containsExactly(true, false, false);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void two_observers_both_hear_of_all_and_only_who_asks_hears_of_leases(boolean isFirst)
      throws SQLException {
    List<String> heard = new CopyOnWriteArrayList<>();
    Observer hearing =
        new Observer() {
          @Override
          public <T, E extends Exception> T observe(String operation, Work<T, E> work) throws E {
            heard.add(operation + " within " + within.get());
            return work.run();
          }

          @Override
          public boolean hearsLeases() {
            return true;
          }

          @Override
          public void leased(long nanos, boolean newly) {
            heard.add("leased");
          }

          @Override
          public void returned(long nanos) {
            heard.add("returned");
          }
        };
    Observer both = isFirst ? hearing.and(observer) : observer.and(hearing);
    try (UserPoolManager manager = manager().observer(both).build()) {
      manager.getPool("alice").getConnection().close();
    }
    assertThat(told)
        .containsExactly(
            "credential within acquire", "login within acquire", "acquire within nothing");
    assertThat(heard)
        .containsExactly(
            isFirst ? "acquire within nothing" : "acquire within acquire",
            isFirst ? "credential within acquire" : "credential within credential",
            isFirst ? "login within acquire" : "login within login",
            "leased",
            "returned");
  }

  @Test
  void what_fails_is_told_as_it_failed_and_reaches_the_caller() {
    try (UserPoolManager manager =
        UserPoolManager.builder(
                server,
                user -> {
                  throw new SQLException("no", "28000");
                })
            .observer(observer)
            .build()) {
      assertThatThrownBy(() -> manager.getPool("alice").getConnection())
          .isInstanceOf(LoginFailedException.class);
      assertThat(told)
          .containsExactly(
              "credential failed with SQLException", "acquire failed with LoginFailedException");
    }
  }

  private Observer failingAt(String moment) {
    return new Observer() {
      @Override
      public <T, E extends Exception> T observe(String operation, Work<T, E> work) throws E {
        T result = work.run();
        if (operation.equals(moment)) {
          throw new IllegalStateException("a bug");
        }
        return result;
      }

      @Override
      public Runnable handOver(Runnable task) {
        if (moment.equals("hand-over")) {
          throw new IllegalStateException("a bug");
        }
        return moment.equals("scope")
            ? () -> {
              throw new IllegalStateException("a bug");
            }
            : task;
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"acquire", "login"})
  void an_observer_that_fails_after_the_work_keeps_nobody_from_their_connection(String moment)
      throws SQLException {
    try (UserPoolManager manager = manager().observer(failingAt(moment)).build()) {
      try (Connection connection = manager.getPool("alice").getConnection()) {
        assertThat(connection.isClosed()).isFalse();
      }
      assertThat(manager.statistics().inUse()).isZero();
      assertThat(server.live).hasValue(manager.statistics().total());
    }
  }

  /** What an observer hands back is not what callers get. */
  @Test
  @SuppressWarnings("NullAway") // as careless as an observer can be
  void an_observer_that_returns_nothing_keeps_nobody_from_their_connection() throws SQLException {
    Observer careless =
        new Observer() {
          @Override
          public <T, E extends Exception> T observe(String operation, Work<T, E> work) throws E {
            if (operation.equals("acquire")) {
              work.run();
            }
            return null;
          }

          @Override
          public Runnable handOver(Runnable task) {
            return null;
          }
        };
    try (UserPoolManager manager = manager().observer(careless).build()) {
      manager.getPool("alice").getConnection().close();
      assertThat(manager.statistics().logins()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hand-over", "scope"})
  void an_observer_that_fails_before_the_work_does_not_keep_it_from_being_done(String moment)
      throws SQLException {
    try (UserPoolManager manager =
        manager()
            .observer(failingAt(moment))
            .connectionTimeout(Duration.ofSeconds(1))
            .closeGracePeriod(Duration.ZERO)
            .validationTimeout(Duration.ofMillis(100))
            .build()) {
      manager.getPool("alice").getConnection().close();
      assertThat(manager.statistics().idle()).isEqualTo(1);
    }
  }
}
