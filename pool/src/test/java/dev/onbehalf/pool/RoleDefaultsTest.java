package dev.onbehalf.pool;

import static java.sql.Connection.TRANSACTION_READ_COMMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a role has set for itself holds at each lease, whatever the ones before it did. */
final class RoleDefaultsTest {
  private static final PostgresServer server = PostgresServer.get();

  @BeforeAll
  static void makeRole() throws SQLException {
    asSuperuser(
        "create role dora login password 'dora'",
        "alter role dora set default_transaction_read_only = on",
        "alter role dora set default_transaction_isolation = 'repeatable read'",
        "alter role dora set search_path = pg_catalog");
  }

  @AfterAll
  static void dropRole() throws SQLException {
    asSuperuser("drop role dora");
  }

  private static void asSuperuser(String... sql) throws SQLException {
    try (Connection superuser = server.superuser();
        Statement statement = superuser.createStatement()) {
      for (String each : sql) {
        statement.execute(each);
      }
    }
  }

  /** Connections whose setReadOnly is told to the server, or not. */
  private static ConnectionFactory factory(String readOnlyMode, boolean autoCommit)
      throws SQLException {
    try (Connection superuser = server.superuser()) {
      String url = superuser.getMetaData().getURL().replaceFirst("\\?.*", "");
      return (user, credential) -> {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", credential.reveal());
        properties.setProperty("readOnlyMode", readOnlyMode);
        Connection made = DriverManager.getConnection(url, properties);
        made.setAutoCommit(autoCommit);
        return made;
      };
    }
  }

  @ParameterizedTest(name = "readOnlyMode {0}, auto-commit {1}")
  @CsvSource({"always, true", "always, false", "transaction, true", "transaction, false"})
  void a_lease_that_sets_them_does_not_overwrite_them(String readOnlyMode, boolean autoCommit)
      throws SQLException {
    try (UserPoolManager manager =
        UserPoolManager.builder(factory(readOnlyMode, autoCommit), server)
            .maxConnectionsPerUser(1)
            .build()) {
      UserPool pool = manager.getPool("dora");
      for (boolean first : new boolean[] {true, false}) {
        try (Connection lease = pool.getConnection()) {
          lease.setReadOnly(first);
          lease.setReadOnly(!first);
        }
        assertDefaults(pool);
        try (Connection lease = pool.getConnection()) {
          lease.setReadOnly(first);
          lease.setAutoCommit(!autoCommit);
          lease.setTransactionIsolation(TRANSACTION_READ_COMMITTED);
          lease.setSchema("public");
        }
        assertDefaults(pool);
      }
      assertThat(manager.statistics().logins()).isEqualTo(1);
    }
  }

  private static void assertDefaults(UserPool pool) throws SQLException {
    try (Connection lease = pool.getConnection()) {
      assertThat(show(lease, "default_transaction_read_only")).isEqualTo("on");
      assertThat(show(lease, "default_transaction_isolation")).isEqualTo("repeatable read");
      assertThat(show(lease, "search_path")).isEqualTo("pg_catalog");
    }
  }

  private static String show(Connection connection, String setting) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show " + setting)) {
      row.next();
      return row.getString(1);
    }
  }
}
