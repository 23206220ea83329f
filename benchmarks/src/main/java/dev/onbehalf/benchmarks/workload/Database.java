package dev.onbehalf.benchmarks.workload;

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
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL of our own with the login roles u0, u1, and so on, all with the same password, and a
 * table under Row-Level Security.
 */
final class Database implements AutoCloseable {
  private static final String NAME = "postgres";
  private static final int LOGIN_SECONDS = 10;

  /** How users log in; the superuser is always trusted. */
  enum Login {
    TRUST("trust"),
    CLEAR_TEXT("password"),
    SCRAM("scram-sha-256");

    final String method;

    Login(String method) {
      this.method = method;
    }
  }

  /** Whether the table is under Row-Level Security; a pool may have more to ask where it isn't. */
  enum RowSecurity {
    ENABLE,
    DISABLE
  }

  private final EmbeddedPostgres postgres;
  private final int users;
  private final int maxConnections;
  private volatile String password = "";

  private Database(EmbeddedPostgres postgres, int users, int maxConnections) {
    this.postgres = postgres;
    this.users = users;
    this.maxConnections = maxConnections;
  }

  static Database start(int users, int maxConnections) throws IOException, SQLException {
    EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .setPGStartupWait(Duration.ofMinutes(1))
            .setServerConfig("max_connections", Integer.toString(maxConnections))
            .start();
    Database database = new Database(postgres, users, maxConnections);
    try (Connection connection = database.superuser();
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < users; i++) {
        statement.addBatch("create role " + user(i) + " login");
        if (i % 1_000 == 999) {
          statement.executeBatch(); // a batch is a transaction, and a long one slows down
        }
      }
      // One pooled connection that becomes each user, for the peer that gives up isolation.
      statement.addBatch("create role app login superuser");
      // What such users come for; nobody reads it here.
      statement.addBatch("create table notes (of_whom name)");
      statement.executeBatch();
    }
    database.changePasswords("first");
    return database;
  }

  static String user(int number) {
    return "u" + number;
  }

  int users() {
    return users;
  }

  int maxConnections() {
    return maxConnections;
  }

  int port() {
    return postgres.getPort();
  }

  String url() {
    return url(port());
  }

  /**
   * A URL that keeps a login, and a query, from hanging; not by {@code loginTimeout}, for which
   * pgjdbc starts a thread at each login.
   */
  static String url(int port) {
    return "jdbc:postgresql://127.0.0.1:%1$s/%2$s?sslmode=disable&connectTimeout=%3$s&socketTimeout=%3$s"
        .formatted(port, NAME, LOGIN_SECONDS);
  }

  String password() {
    return password;
  }

  Connection login(String user) throws SQLException {
    return login(url(), user, password);
  }

  static Connection login(String url, String user, String password) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    return DriverManager.getConnection(url, properties);
  }

  Connection superuser() throws SQLException {
    return DriverManager.getConnection(postgres.getJdbcUrl("postgres", NAME));
  }

  void require(Login login, RowSecurity rowSecurity) throws SQLException, IOException {
    try (Connection connection = superuser();
        Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("show hba_file")) {
        row.next();
        String rules =
            "local all all trust\nhost all postgres all trust\nhost all all all %s\n"
                .formatted(login.method);
        Files.writeString(Path.of(row.getString(1)), rules);
      }
      statement.execute("select pg_reload_conf()");
      statement.execute("alter table notes " + rowSecurity + " row level security");
    }
  }

  /**
   * Gives all users another password, at once, so that no login meets the old one after the new.
   * Hashed once, because thousands of hashes take minutes, and in one statement, because each
   * {@code alter role} in a transaction takes longer than the one before.
   */
  void changePasswords(String newPassword) throws SQLException {
    try (Connection connection = superuser();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("alter role app password '" + newPassword + "'");
      statement.execute(
          "update pg_authid set rolpassword ="
              + " (select rolpassword from pg_authid where rolname = 'app')"
              + " where rolname ~ '^u[0-9]+$'");
      connection.commit();
      password = newPassword;
    }
  }

  /**
   * Waits until the connections of the last run are gone. A peer whose close() has left some open
   * must not disturb the next one: the server ends them after a while.
   */
  void awaitNoClients() throws SQLException, InterruptedException {
    try (Connection connection = superuser();
        Statement statement = connection.createStatement()) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
      while (clients(connection) > 1) {
        if (System.nanoTime() > end) {
          System.err.println("connections that the last run has left open are ended");
          statement.execute(
              "select pg_terminate_backend(pid) from pg_stat_activity"
                  + " where backend_type = 'client backend' and pid <> pg_backend_pid()");
          end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  /** How many clients the server has, the one that asks included. */
  static int clients(Connection connection) throws SQLException {
    String count = "select count(*) from pg_stat_activity where backend_type = 'client backend'";
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(count)) {
      row.next();
      return row.getInt(1);
    }
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
