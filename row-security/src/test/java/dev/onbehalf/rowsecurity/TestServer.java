package dev.onbehalf.rowsecurity;

import dev.onbehalf.rowsecurity.internal.catalog.Names;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One real PostgreSQL for all tests of a run, with the roles and the tables of {@code shop.sql} for
 * who asks for them. Everybody logs in without a password.
 */
public final class TestServer {
  static final String ALICE = "alice@example.com";
  static final String BOB = "bob@example.com";

  private static final Pattern SETTING =
      Pattern.compile("ALTER (DATABASE|ROLE|SYSTEM)[^;]* SET ", Pattern.CASE_INSENSITIVE);

  private static final class Holder {
    static final TestServer INSTANCE = new TestServer();
  }

  private final EmbeddedPostgres postgres;
  private Connection superuser; // kept: a session's first questions cost more than all after
  private int version; // of the server, once somebody has asked
  private boolean isClean;
  private boolean hasSettings; // that a session has from its login on

  private TestServer() {
    try {
      postgres =
          EmbeddedPostgres.builder()
              .setPGStartupWait(Duration.ofMinutes(1))
              .setServerConfig("wal_level", "logical")
              .setServerConfig("max_connections", "40")
              .setServerConfig("max_locks_per_transaction", "2048") // thousands of tables at once
              .setServerConfig("track_functions", "all")
              .setServerConfig("fsync", "off")
              .setServerConfig("full_page_writes", "off")
              .setServerConfig("jit", "off")
              .start();
      superuser = connect("postgres", "postgres");
    } catch (IOException | SQLException e) {
      throw new IllegalStateException("PostgreSQL did not start", e);
    }
  }

  public static TestServer get() {
    return Holder.INSTANCE;
  }

  public int port() {
    isClean = false;
    return postgres.getPort();
  }

  /** The database with {@code shop.sql} in it, and nothing else. */
  public Database database() throws SQLException {
    return empty().run(resource("/shop.sql"));
  }

  /** The database without anything; one at a time has it. */
  public Database empty() throws SQLException {
    boolean wasClean = isClean;
    Database database = asItIs();
    if (!wasClean) {
      database.clean(); // of what a test left that failed, or that cleans by itself
    }
    return database;
  }

  /** The database with what is there. */
  public Database asItIs() {
    isClean = false;
    return new Database("postgres");
  }

  private Connection connect(String database, String user) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", "none");
    properties.setProperty("preferQueryMode", "simple");
    return DriverManager.getConnection(
        "jdbc:postgresql://localhost:%s/%s".formatted(port(), database), properties);
  }

  static String resource(String path) {
    try (InputStream in =
        Objects.requireNonNull(TestServer.class.getResourceAsStream(path), path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The database, until it is closed. */
  public final class Database implements AutoCloseable {
    private final String name;

    private Database(String name) {
      this.name = name;
    }

    public int version() throws SQLException {
      if (version == 0) {
        version = Integer.parseInt(ask("postgres", "show server_version_num").get(0)) / 10_000;
      }
      return version;
    }

    public String name() {
      return name;
    }

    public DataSource dataSource() {
      return dataSource("postgres");
    }

    public DataSource dataSource(String user) {
      PGSimpleDataSource source = new PGSimpleDataSource();
      source.setPortNumbers(new int[] {port()});
      source.setDatabaseName(name);
      source.setUser(user);
      return source;
    }

    /** Logs in as a person, who is made if they are not there yet. */
    public DataSource person(String user) throws SQLException {
      run(
          "DO $$ BEGIN CREATE ROLE %s LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
              .formatted(Names.quoted(user)));
      return dataSource(user);
    }

    public Connection as(String user) throws SQLException {
      isClean = false;
      return connect(name, user);
    }

    /** Statements, as the superuser in a session as it is after login. */
    public Database run(String sql) throws SQLException {
      isClean = false;
      hasSettings |= SETTING.matcher(sql).find();
      try (Statement statement = superuser.createStatement()) {
        statement.setEscapeProcessing(false);
        statement.execute(sql);
      } finally {
        restore();
      }
      return this;
    }

    private void restore() throws SQLException {
      if (hasSettings) {
        superuser.close();
        superuser = connect(name, "postgres");
        return;
      }
      if (!superuser.getAutoCommit()) {
        superuser.rollback();
        superuser.setAutoCommit(true);
      }
      try (Statement statement = superuser.createStatement()) {
        statement.execute("ROLLBACK");
        statement.execute("DISCARD ALL");
      }
    }

    /** The first column of the last statement, in one transaction that is rolled back. */
    public List<String> ask(String user, String sql) throws SQLException {
      try (Connection connection = as(user);
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        statement.setEscapeProcessing(false);
        boolean isRows = statement.execute(sql);
        List<String> answer = last(statement, isRows);
        connection.rollback();
        return answer;
      }
    }

    private List<String> last(Statement statement, boolean first) throws SQLException {
      List<String> answer = new ArrayList<>();
      boolean isRows = first;
      while (isRows || statement.getUpdateCount() != -1) {
        answer = new ArrayList<>();
        if (isRows) {
          try (ResultSet rows = statement.getResultSet()) {
            while (rows.next()) {
              answer.add(String.valueOf(rows.getString(1)));
            }
          }
        } else if (statement.getUpdateCount() > 0) {
          answer.add(statement.getUpdateCount() + " changed");
        }
        isRows = statement.getMoreResults();
      }
      return answer;
    }

    public Report examine(String... people) throws SQLException {
      try {
        return RowSecurity.examine(kept(), Scope.of(people));
      } finally {
        restore();
      }
    }

    private DataSource kept() {
      return new PGSimpleDataSource() {
        @Override
        public Connection getConnection() {
          return (Connection)
              Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {Connection.class},
                  (proxy, method, arguments) -> {
                    try {
                      return method.getName().equals("close")
                          ? null
                          : method.invoke(superuser, arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  });
        }
      };
    }

    /** Takes away what tests make; faster than a database for each. */
    private void clean() throws SQLException {
      run(resource("/clean.sql"));
      hasSettings = false;
    }

    @Override
    public void close() throws SQLException {
      clean();
      isClean = true;
    }
  }
}
