package dev.onbehalf.pool;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.PGConnection;

/**
 * A real PostgreSQL for all tests of a run, with the login roles alice, bob and carol. Each has
 * their name for a password.
 */
public final class PostgresServer implements ConnectionFactory, CredentialProvider {
  private static final String PASSWORDS_FOR_ALL_BUT_POSTGRES =
      """
      local all all trust
      host all postgres all trust
      host all all all scram-sha-256
      """;

  private static final class Holder {
    static final PostgresServer INSTANCE = new PostgresServer();
  }

  private final EmbeddedPostgres postgres;

  private PostgresServer() {
    try {
      postgres =
          EmbeddedPostgres.builder()
              .setPGStartupWait(Duration.ofMinutes(1))
              .setServerConfig("max_connections", "60")
              .setServerConfig("wal_level", "logical")
              .start();
      try (Connection connection = superuser();
          Statement statement = connection.createStatement()) {
        for (String user : new String[] {"alice", "bob", "carol"}) {
          statement.execute("create role %s login password '%s'".formatted(user, user));
        }
        try (ResultSet row = statement.executeQuery("show hba_file")) {
          row.next();
          Files.writeString(Path.of(row.getString(1)), PASSWORDS_FOR_ALL_BUT_POSTGRES);
        }
        statement.execute("select pg_reload_conf()");
      }
    } catch (IOException | SQLException e) {
      throw new IllegalStateException("PostgreSQL did not start", e);
    }
  }

  public static PostgresServer get() {
    return Holder.INSTANCE;
  }

  public Connection superuser() throws SQLException {
    return DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"));
  }

  @Override
  public Connection connect(String user, Secret credential) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", credential.reveal());
    properties.setProperty("ApplicationName", "pool-test");
    String url = "jdbc:postgresql://localhost:%s/postgres".formatted(postgres.getPort());
    return DriverManager.getConnection(url, properties);
  }

  @Override
  public Optional<String> reportedUser(Connection connection) throws SQLException {
    return Optional.ofNullable(
        connection.unwrap(PGConnection.class).getParameterStatus("session_authorization"));
  }

  @Override
  public Secret credential(String user) {
    return Secret.of(user);
  }
}
