package dev.onbehalf.benchmarks.workload;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.onbehalf.pool.ConnectionFactory;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolManager;
import java.beans.PropertyVetoException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.dbcp2.cpdsadapter.DriverAdapterCPDS;
import org.apache.commons.dbcp2.datasources.InstanceKeyDataSource;
import org.apache.commons.dbcp2.datasources.PerUserPoolDataSource;
import org.apache.commons.dbcp2.datasources.SharedPoolDataSource;
import org.postgresql.PGConnection;

/**
 * The pool and its peers, each set up as its own documentation advises for many users: the same
 * budget where it knows one, at most three connections a user where it knows that, idle ones closed
 * after 30 seconds, ten seconds to wait for a connection.
 */
enum PeerKind {
  ONBEHALF("Onbehalf") {
    @Override
    Peer start(Database database, int budget) {
      return new Onbehalf(database, budget);
    }
  },
  HIKARI_PER_USER("HikariCP, a pool for each user") {
    @Override
    Peer start(Database database, int budget) {
      return new HikariPerUser(database);
    }
  },
  DBCP_SHARED("DBCP SharedPoolDataSource") {
    @Override
    Peer start(Database database, int budget) {
      return dbcpShared(database, budget);
    }
  },
  DBCP_PER_USER("DBCP PerUserPoolDataSource") {
    @Override
    Peer start(Database database, int budget) {
      return dbcpPerUser(database);
    }
  },
  C3P0("c3p0, getConnection(user, password)") {
    @Override
    Peer start(Database database, int budget) {
      return c3p0(database);
    }
  },
  PGBOUNCER("PgBouncer, transaction mode") {
    @Override
    Peer start(Database database, int budget) throws IOException {
      return PgBouncer.start(database, budget);
    }
  },
  LOGIN("a login for every request") {
    @Override
    Peer start(Database database, int budget) {
      return new Logins(database);
    }
  },
  SET_ROLE("one HikariCP pool, SET ROLE (no isolation)") {
    @Override
    Peer start(Database database, int budget) {
      return new SetRole(database, budget);
    }
  };

  static final Duration PATIENCE = Duration.ofSeconds(10);
  static final Duration IDLE = Duration.ofSeconds(30);
  static final int PER_USER = 3;

  final String title;

  PeerKind(String title) {
    this.title = title;
  }

  abstract Peer start(Database database, int budget) throws IOException;

  /** The pool. */
  static final class Onbehalf implements Peer {
    final UserPoolManager manager;

    /** As the one for Lakebase, it hands over what the server reports at login. */
    private record Factory(String url) implements ConnectionFactory {
      @Override
      public Connection connect(String user, Secret credential) throws SQLException {
        return Database.login(url, user, credential.reveal());
      }

      @Override
      public Optional<String> reportedUser(Connection connection) throws SQLException {
        return Optional.ofNullable(
            connection.unwrap(PGConnection.class).getParameterStatus("session_authorization"));
      }
    }

    Onbehalf(Database database, int budget) {
      manager =
          UserPoolManager.builder(
                  new Factory(database.url()), user -> Secret.of(database.password()))
              .maxConnections(budget)
              .maxConnectionsPerUser(PER_USER)
              .connectionTimeout(PATIENCE)
              .idleTimeout(IDLE)
              .build();
    }

    @Override
    public Connection connection(String user) throws SQLException {
      return manager.getPool(user).getConnection();
    }

    @Override
    public void close() {
      manager.close();
    }
  }

  private static final class HikariPerUser implements Peer {
    private final Database database;
    private final Map<String, HikariDataSource> pools = new ConcurrentHashMap<>();

    HikariPerUser(Database database) {
      this.database = database;
    }

    @Override
    public Connection connection(String user) throws SQLException {
      return pools.computeIfAbsent(user, this::pool).getConnection();
    }

    private HikariDataSource pool(String user) {
      HikariConfig config = hikari(database, user, PER_USER);
      config.setMinimumIdle(0);
      config.setInitializationFailTimeout(-1); // as a pool made on demand must not fail by itself
      return new HikariDataSource(config);
    }

    /** All at once, as each may take seconds while it cannot connect. */
    @Override
    public void close() {
      List<Thread> closers =
          pools.values().stream().map(pool -> new Thread(pool::close, "closer")).toList();
      closers.forEach(Thread::start);
      for (Thread closer : closers) {
        try {
          closer.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  private static final class SetRole implements Peer {
    private final HikariDataSource pool;

    SetRole(Database database, int budget) {
      pool = new HikariDataSource(hikari(database, "app", budget));
    }

    @Override
    public Connection connection(String user) throws SQLException {
      Connection connection = pool.getConnection();
      try (Statement statement = connection.createStatement()) {
        statement.execute("set role " + user); // the next borrower sets another
        return connection;
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    }

    @Override
    public void close() {
      pool.close();
    }
  }

  static HikariConfig hikari(Database database, String user, int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(database.url());
    config.setUsername(user);
    config.setPassword(database.password());
    config.setMaximumPoolSize(size);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setIdleTimeout(IDLE.toMillis());
    return config;
  }

  private static void setUp(InstanceKeyDataSource source, Database database) {
    DriverAdapterCPDS driver = new DriverAdapterCPDS();
    try {
      driver.setDriver("org.postgresql.Driver");
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
    driver.setUrl(database.url());
    source.setConnectionPoolDataSource(driver);
    source.setDefaultMaxTotal(PER_USER);
    source.setDefaultMaxIdle(PER_USER);
    source.setDefaultMaxWait(PATIENCE);
    source.setDefaultMinEvictableIdle(IDLE);
    source.setDefaultDurationBetweenEvictionRuns(Duration.ofSeconds(10));
  }

  private static Peer dbcpShared(Database database, int budget) {
    SharedPoolDataSource source = new SharedPoolDataSource();
    setUp(source, database);
    source.setMaxTotal(budget);
    return withPassword(database, source::getConnection, source::close);
  }

  private static Peer dbcpPerUser(Database database) {
    PerUserPoolDataSource source = new PerUserPoolDataSource();
    setUp(source, database);
    return withPassword(database, source::getConnection, source::close);
  }

  private static Peer c3p0(Database database) {
    ComboPooledDataSource source = new ComboPooledDataSource();
    try {
      source.setDriverClass("org.postgresql.Driver");
    } catch (PropertyVetoException e) {
      throw new IllegalStateException(e);
    }
    source.setJdbcUrl(database.url());
    source.setInitialPoolSize(0);
    source.setMinPoolSize(0);
    source.setAcquireIncrement(1);
    source.setAcquireRetryAttempts(1);
    source.setMaxPoolSize(PER_USER);
    source.setMaxIdleTime((int) IDLE.toSeconds());
    source.setCheckoutTimeout((int) PATIENCE.toMillis());
    source.setNumHelperThreads(8);
    return withPassword(database, source::getConnection, source::close);
  }

  /** {@code getConnection(user, password)} of a data source. */
  private interface Source {
    Connection get(String user, String password) throws SQLException;
  }

  private interface Closing {
    void close() throws Exception;
  }

  private static Peer withPassword(Database database, Source source, Closing closing) {
    return new Peer() {
      @Override
      public Connection connection(String user) throws SQLException {
        return source.get(user, database.password());
      }

      @Override
      public void close() throws SQLException {
        try {
          closing.close();
        } catch (Exception e) {
          throw new SQLException(e);
        }
      }
    };
  }

  private record Logins(Database database) implements Peer {
    @Override
    public Connection connection(String user) throws SQLException {
      return database.login(user);
    }

    @Override
    public void close() {}
  }
}
