package dev.onbehalf.pool;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LoginTest {
  private final StubServer server = new StubServer();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  private UserPoolManager manager(ConnectionFactory factory, CredentialProvider provider) {
    return UserPoolManager.builder(factory, provider)
        .connectionTimeout(Duration.ofSeconds(20))
        .build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"28P01", "28000", "3D000", "08001"})
  void the_state_of_a_refused_login_reaches_the_caller(String state) {
    server.refusals.put("alice", new SQLException("no", state));
    try (UserPoolManager manager = manager(server, user -> Secret.of("secret"))) {
      assertThatThrownBy(() -> manager.getPool("alice").getConnection())
          .isInstanceOfSatisfying(
              LoginFailedException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo(state);
                assertThat(e.user()).isEqualTo("alice");
                assertThat(e.getMessage()).contains("alice", "no");
              });
      assertThat(manager.statistics().total()).isZero();
    }
  }

  @Test
  void a_full_server_is_waited_out_and_named_when_the_time_is_over() {
    server.refusals.put("alice", new SQLException("sorry, too many clients already", "53300"));
    try (UserPoolManager manager =
        UserPoolManager.builder(server, user -> Secret.of("secret"))
            .connectionTimeout(Duration.ofMillis(900))
            .build()) {
      assertThatThrownBy(() -> manager.getPool("alice").getConnection())
          .isInstanceOf(ConnectionTimeoutException.class)
          .hasRootCauseMessage("sorry, too many clients already")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("53300");
      assertThat(server.loginsOf("alice")).isBetween(2L, 8L);
    }
  }

  @Test
  void a_full_server_that_has_a_place_again_serves_the_caller_who_waited() throws SQLException {
    AtomicInteger attempts = new AtomicInteger();
    ConnectionFactory factory =
        (user, credential) -> {
          if (attempts.incrementAndGet() == 1) {
            throw new SQLException("sorry, too many clients already", "53300");
          }
          return server.connect(user, credential);
        };
    try (UserPoolManager manager = manager(factory, user -> Secret.of("secret"));
        Connection connection = manager.getPool("alice").getConnection()) {
      assertThat(connection.isClosed()).isFalse();
      assertThat(attempts).hasValue(2);
    }
  }

  @Test
  void a_session_of_another_user_is_closed_before_anyone_can_use_it() {
    server.sessionUsers.put("alice", "bob");
    try (UserPoolManager manager = manager(server, user -> Secret.of("secret"))) {
      assertThatThrownBy(() -> manager.getPool("alice").getConnection())
          .isInstanceOfSatisfying(
              WrongSessionUserException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("28000");
                assertThat(e.user()).isEqualTo("alice");
                assertThat(e.sessionUser()).isEqualTo("bob");
              });
      assertThat(server.live).hasValue(0);
    }
  }

  @Test
  void a_refused_password_is_dropped_and_the_login_tried_once_more_with_a_fresh_one()
      throws SQLException {
    AtomicReference<Secret> current = new AtomicReference<>(Secret.of("old"));
    List<Secret> dropped = new ArrayList<>();
    CredentialProvider provider =
        new CredentialProvider() {
          @Override
          public Secret credential(String user) {
            return Objects.requireNonNull(current.get());
          }

          @Override
          public void rejected(String user, Secret credential) {
            dropped.add(credential);
            current.set(Secret.of("new"));
          }
        };
    ConnectionFactory factory =
        (user, credential) -> {
          if (credential.equals(Secret.of("old"))) {
            throw new SQLException("password authentication failed", "28P01");
          }
          return server.connect(user, credential);
        };
    try (UserPoolManager manager = manager(factory, provider);
        Connection connection = manager.getPool("alice").getConnection()) {
      assertThat(connection.isClosed()).isFalse();
      assertThat(dropped).containsExactly(Secret.of("old"));
    }
  }

  @Test
  void a_refused_password_that_stays_the_same_is_not_tried_again() {
    server.refusals.put("alice", new SQLException("no", "28P01"));
    try (UserPoolManager manager = manager(server, user -> Secret.of("secret"))) {
      assertThatThrownBy(() -> manager.getPool("alice").getConnection())
          .isInstanceOf(LoginFailedException.class);
      assertThat(server.loginsOf("alice")).isEqualTo(1);
    }
  }

  @Test
  void a_refused_login_is_not_hammered_until_a_newer_credential_has_come() throws SQLException {
    server.refusals.put("alice", new SQLException("no", "28000"));
    try (UserPoolManager manager = manager(server, user -> Secret.of("secret"))) {
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(() -> manager.getPool("alice").getConnection())
            .isInstanceOf(LoginFailedException.class)
            .hasRootCauseMessage("no");
      }
      assertThat(server.loginsOf("alice")).isLessThan(10);

      server.refusals.clear();
      manager.credentialRenewed("alice");
      manager.getPool("alice").getConnection().close();
    }
  }

  /** A second caller of alice's, whose login has been refused. */
  private Future<Connection> refusedWhileTheFirstIsOut(UserPoolManager manager) {
    server.refusals.put("alice", new SQLException("no", "28000"));
    Future<Connection> second = threads.submit(() -> manager.getPool("alice").getConnection());
    await().until(() -> manager.statistics().failedLogins() > 0);
    return second;
  }

  @Test
  void while_logins_are_refused_who_has_a_connection_waits_for_it() throws Exception {
    try (UserPoolManager manager = manager(server, user -> Secret.of("secret"))) {
      Connection first = manager.getPool("alice").getConnection();
      Future<Connection> second = refusedWhileTheFirstIsOut(manager);
      assertThat(second.isDone()).as("failed, though its own connection will come back").isFalse();
      first.close();
      second.get(10, SECONDS).close();
      assertThat(manager.statistics().logins()).isEqualTo(1);
    }
  }

  @Test
  void when_the_back_off_is_over_a_login_is_tried_for_who_still_waits() throws Exception {
    try (UserPoolManager manager = manager(server, user -> Secret.of("secret"))) {
      try (Connection first = manager.getPool("alice").getConnection()) {
        Future<Connection> second = refusedWhileTheFirstIsOut(manager);
        server.refusals.clear();
        second.get(10, SECONDS).close();
        assertThat(first.isClosed()).isFalse();
      }
    }
  }

  @Test
  void while_logins_are_refused_the_end_of_the_last_connection_fails_who_waits_for_it()
      throws Exception {
    try (UserPoolManager manager = manager(server, user -> Secret.of("secret"))) {
      Connection first = manager.getPool("alice").getConnection();
      Future<Connection> second = refusedWhileTheFirstIsOut(manager);
      first.abort(Runnable::run);
      assertThatThrownBy(() -> second.get(10, SECONDS))
          .cause()
          .isInstanceOf(LoginFailedException.class)
          .hasRootCauseMessage("no");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // what a careless provider does
  void a_provider_without_an_answer_is_named() {
    try (UserPoolManager manager = manager(server, user -> null)) {
      assertThatThrownBy(() -> manager.getPool("alice").getConnection())
          .isInstanceOf(LoginFailedException.class)
          .hasMessageContaining("credential provider")
          .hasMessageContaining("null");
    }
  }

  @Test
  void a_provider_that_throws_is_the_cause() {
    CredentialProvider provider =
        user -> {
          throw new IllegalStateException("vault sealed");
        };
    try (UserPoolManager manager = manager(server, provider)) {
      assertThatThrownBy(() -> manager.getPool("alice").getConnection())
          .isInstanceOf(LoginFailedException.class)
          .hasMessageContaining("credential provider")
          .hasRootCauseMessage("vault sealed");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // what a careless factory does
  void a_factory_that_returns_null_is_named() {
    try (UserPoolManager manager = manager((user, credential) -> null, u -> Secret.of("s"))) {
      assertThatThrownBy(() -> manager.getPool("alice").getConnection())
          .isInstanceOf(LoginFailedException.class)
          .hasMessageContaining("connection factory returned null");
    }
  }

  @Test
  void a_provider_that_hangs_costs_its_callers_their_timeout_and_nothing_else()
      throws SQLException {
    server.gate.drainPermits();
    try (UserPoolManager manager =
        UserPoolManager.builder(server, user -> Secret.of("secret"))
            .connectionTimeout(Duration.ofMillis(100))
            .build()) {
      assertThatThrownBy(() -> manager.getPool("alice").getConnection())
          .isInstanceOf(ConnectionTimeoutException.class)
          .hasMessageContaining("Logins take too long");
      assertThat(manager.statistics().waiting()).isZero();
      server.gate.release(1_000_000);
      await().until(() -> manager.statistics().idle() == 1);
      manager.getPool("alice").getConnection().close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\0b", "\uD800"})
  void a_name_that_no_role_can_have_is_refused(String user) {
    try (UserPoolManager manager = manager(server, u -> Secret.of("secret"))) {
      assertThatThrownBy(() -> manager.getPool(user))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("the user must");
    }
  }

  @Test
  void a_name_that_postgres_would_cut_is_refused() {
    try (UserPoolManager manager = manager(server, u -> Secret.of("secret"))) {
      assertThat(manager.getPool("x".repeat(63)).user()).hasSize(63);
      assertThatThrownBy(() -> manager.getPool("x".repeat(64)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("63")
          .hasMessageContaining("64");
      assertThatThrownBy(() -> manager.getPool("é".repeat(32)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void a_session_that_ends_in_an_error_is_closed() throws SQLException {
    ConnectionFactory factory =
        (user, credential) -> {
          Connection connection = server.connect(user, credential);
          server.sessions.get(0).failures.put("isReadOnly", new NoClassDefFoundError("a bug"));
          return connection;
        };
    try (UserPoolManager manager = manager(factory, user -> Secret.of("secret"))) {
      assertThatThrownBy(() -> manager.getPool("alice").getConnection())
          .isInstanceOf(LoginFailedException.class)
          .hasRootCauseInstanceOf(NoClassDefFoundError.class);
      assertThat(server.live).hasValue(0);
    }
  }

  @Test
  void a_login_thread_inherits_nothing_of_the_caller_who_came_first() throws SQLException {
    InheritableThreadLocal<String> person = new InheritableThreadLocal<>();
    List<String> seen = new CopyOnWriteArrayList<>();
    CredentialProvider provider =
        user -> {
          seen.add(String.valueOf(person.get()));
          return Secret.of("secret");
        };
    person.set("alice");
    try (UserPoolManager manager = manager(server, provider)) {
      manager.getPool("bob").getConnection().close();
    } finally {
      person.remove();
    }
    assertThat(seen).containsExactly("null");
  }

  /** What is asked at the login in a transaction of its own fails, and the login goes on. */
  @Test
  void what_the_factory_chose_outlives_a_question_that_fails() throws SQLException {
    StubServer stub = new StubServer();
    ConnectionFactory manual =
        (user, credential) -> {
          Connection made = stub.connect(user, credential);
          made.setAutoCommit(false);
          stub.sessions.get(stub.sessions.size() - 1).failNextStatement();
          return made;
        };
    try (UserPoolManager manager =
            UserPoolManager.builder(manual, user -> Secret.of("secret")).build();
        Connection lease = manager.getPool("alice").getConnection()) {
      assertThat(lease.getAutoCommit()).isFalse();
    }
  }

  /** What is done in the first lease stays, for it was not within the initializer's transaction. */
  @Test
  void a_transaction_that_the_initializer_left_open_is_rolled_back() throws SQLException {
    PostgresServer postgres = PostgresServer.get();
    try (UserPoolManager manager =
        UserPoolManager.builder(postgres, postgres)
            .maxConnectionsPerUser(1)
            .sessionInitializer(
                (user, connection) -> {
                  try (Statement statement = connection.createStatement()) {
                    statement.execute("begin");
                  }
                })
            .build()) {
      try (Connection first = manager.getPool("alice").getConnection();
          Statement statement = first.createStatement()) {
        statement.execute("create temporary table kept (n int)");
      }
      try (Connection next = manager.getPool("alice").getConnection();
          Statement statement = next.createStatement()) {
        assertThat(statement.execute("select * from kept")).isTrue();
      }
    }
  }
}
