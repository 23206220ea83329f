package dev.onbehalf.identity;

import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.Secret;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A PostgreSQL that lets everybody in, for instances that share it: the application's role is app,
 * people are p0 to p39. Tokens are good until the issuer is told otherwise.
 */
final class FleetServer implements AutoCloseable {
  static final int PEOPLE = 40;

  private final EmbeddedPostgres postgres;

  /** Tokens that the issuer has ended. */
  final Set<String> ended = ConcurrentHashMap.newKeySet();

  FleetServer(int maxConnections) throws IOException, SQLException {
    postgres =
        EmbeddedPostgres.builder()
            .setPGStartupWait(Duration.ofMinutes(1))
            .setServerConfig("max_connections", Integer.toString(maxConnections))
            .setServerConfig("fsync", "off")
            .setServerConfig("logging_collector", "on")
            .setServerConfig("log_filename", "server.log")
            .start();
    try (Connection connection = superuser();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE app LOGIN; GRANT CREATE ON DATABASE postgres TO app");
      for (int i = 0; i < PEOPLE; i++) {
        statement.execute("CREATE ROLE p" + i + " LOGIN");
      }
    }
  }

  int port() {
    return postgres.getPort();
  }

  Connection superuser() throws SQLException {
    return as("postgres");
  }

  Connection as(String role) throws SQLException {
    return DriverManager.getConnection(postgres.getJdbcUrl(role, "postgres"));
  }

  OnBehalfDatabase instance(int port, int fleetMaxConnections) {
    return instance(port, fleetMaxConnections, settings -> {});
  }

  OnBehalfDatabase instance(
      int port, int fleetMaxConnections, Consumer<DatabaseSettings.Builder> more) {
    DatabaseSettings.Builder settings =
        settings(port)
            .fleetMaxConnections(fleetMaxConnections)
            .connectionTimeout(Duration.ofSeconds(8));
    more.accept(settings);
    return OnBehalfDatabase.of(
        settings.build(),
        platform(
            identity -> {
              if (ended.contains(identity.accessToken().reveal())) {
                throw new IdentityException(IdentityException.Reason.TOKEN_REFUSED, "ended");
              }
              return new IdentityVerifier.Proof(identity.address(), Instant.MAX);
            }));
  }

  static DatabaseSettings.Builder settings(int port) {
    return DatabaseSettings.builder()
        .environment(
            Map.of(
                "PGHOST", "localhost",
                "PGPORT", Integer.toString(port),
                "PGDATABASE", "postgres",
                "PGSSLMODE", "disable",
                "PGUSER", "app",
                "PGPASSWORD", "any"));
  }

  static Platform platform(IdentityVerifier verifier) {
    return Platform.of(
        verifier,
        (user, token) -> new DatabaseCredential(Secret.of("any"), Instant.MAX),
        () -> new DatabaseCredential(Secret.of("any"), Instant.MAX));
  }

  static ForwardedIdentity identity(String person, String token) {
    return new ForwardedIdentity(person, Secret.of(token));
  }

  /** One number that the server tells. */
  int count(String from) throws SQLException {
    try (Connection connection = superuser();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM " + from)) {
      row.next();
      return row.getInt(1);
    }
  }

  int connectionsOf(String role) throws SQLException {
    return count("pg_stat_activity WHERE usename = '" + role + "'");
  }

  /**
   * How many logins it refused because there was no room for them: its own count, exactly. Its log
   * is written by a process of its own, so what is asked for is all that comes before a mark.
   */
  int refusals() throws SQLException {
    String mark = "mark " + UUID.randomUUID();
    execute("DO $$BEGIN RAISE LOG '" + mark + "'; END$$");
    await().until(() -> logged(mark) > 0);
    return logged("remaining connection slots|too many clients");
  }

  private int logged(String pattern) throws SQLException {
    return count("regexp_matches(pg_read_file('log/server.log'), '" + pattern + "', 'g')");
  }

  /** What counts against the limit of a fleet. */
  int connectionsOfAll() throws SQLException {
    return count(
        "pg_stat_activity WHERE backend_type = 'client backend' AND usename <> 'postgres'");
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = superuser();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
