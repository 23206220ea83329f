package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a role sets for itself makes no login wait: neither its own nor anybody else's. */
@Timeout(60)
final class SlowedLoginsTest {
  /** Any statement that needs a snapshot then waits for the end of the transaction below. */
  private static final String WAITS_FOR_OTHERS =
      """
      alter role current_user set default_transaction_isolation = 'serializable';
      alter role current_user set default_transaction_read_only = on;
      alter role current_user set default_transaction_deferrable = on""";

  private final PostgresServer server = PostgresServer.get();

  @BeforeEach
  void roles() throws SQLException {
    execute(
        server.superuser(),
        """
        create role owner login password 'owner'; create role mallory login password 'mallory';
        create table orders (n int); alter table orders owner to owner""");
  }

  @AfterEach
  void asBefore() throws SQLException {
    execute(server.superuser(), "drop table orders; drop role owner, mallory");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (connection;
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private UserPoolManager.Builder builder(ConnectionFactory factory) {
    return UserPoolManager.builder(factory, server)
        .tableOwners(() -> Set.of("owner"))
        .connectionTimeout(Duration.ofSeconds(5));
  }

  private static void logIn(UserPoolManager manager, String user) throws SQLException {
    manager.getPool(user).getConnection().close();
  }

  private List<UserPoolManager> managers() {
    return List.of(
        builder(server).build(),
        builder(server).rlsCheckMaxAge(Duration.ZERO).build(),
        builder(server).allowRlsBypass(true).build(),
        builder(this::withoutReport).build(),
        builder(this::withoutReport).rlsCheckMaxAge(Duration.ZERO).build(),
        builder(this::withoutReport).allowRlsBypass(true).build(),
        builder(this::withoutAutoCommit).build());
  }

  private Connection withoutReport(String user, Secret credential) throws SQLException {
    return server.connect(user, credential);
  }

  private Connection withoutAutoCommit(String user, Secret credential) throws SQLException {
    Connection connection = server.connect(user, credential);
    connection.setAutoCommit(false);
    return connection;
  }

  @Test
  void a_role_whose_statements_wait_for_others_logs_in_and_so_does_everybody_else()
      throws SQLException {
    execute(server.connect("mallory", Secret.of("mallory")), WAITS_FOR_OTHERS);
    try (Connection open = server.superuser();
        Statement statement = open.createStatement()) {
      statement.execute("begin isolation level serializable; select count(*) from orders");
      for (UserPoolManager manager : managers()) {
        try (manager) {
          manager.getPool("owner", new UserPoolOverrides(2, 1, true));
          for (String user : List.of("mallory", "owner", "alice", "bob")) {
            assertThatCode(() -> logIn(manager, user)).as(user).doesNotThrowAnyException();
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "statement_timeout = 1",
        "transaction_timeout = 1",
        "idle_in_transaction_session_timeout = 1",
        "lock_timeout = 1",
        "search_path = ''",
        "row_security = off",
        "quote_all_identifiers = on",
        "standard_conforming_strings = off",
        "backslash_quote = off",
        "client_encoding = 'LATIN1'",
        "client_min_messages = debug5",
        "debug_parallel_query = on",
        "work_mem = '64kB'",
        "jit_above_cost = 0",
        "plan_cache_mode = force_generic_plan"
      })
  void what_else_a_role_sets_for_itself_keeps_nobody_else_out(String setting) throws SQLException {
    execute(
        server.connect("mallory", Secret.of("mallory")), "alter role current_user set " + setting);
    for (UserPoolManager manager : managers()) {
      try (manager) {
        try {
          logIn(manager, "mallory");
        } catch (LoginFailedException e) {
          // their own affair
        }
        logIn(manager, "alice");
      }
    }
  }
}
