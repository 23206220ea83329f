package dev.onbehalf.benchmarks.micro;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPool;
import dev.onbehalf.pool.UserPoolManager;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.commons.dbcp2.cpdsadapter.DriverAdapterCPDS;
import org.apache.commons.dbcp2.datasources.SharedPoolDataSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Borrow a connection and close it: one warm user with a connection for each of eight threads, and
 * in one case 10,000 warm users in turn, one connection each. Of them every thread goes through a
 * share of its own: two threads at one connection would measure how long one waits for the other.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BorrowBenchmark {
  private static final int CONNECTIONS = 8;
  private static final int MANY = 10_000;

  /** The pool, for one user. */
  public static final String ONE_USER = "Onbehalf";

  /** The same, and the user's pool is looked up each time, as a handler does it. */
  public static final String LOOKED_UP = "Onbehalf, getPool(user) each time";

  /** The pool, for {@value #MANY} users. */
  public static final String MANY_USERS = "Onbehalf with 10000 users";

  /** HikariCP's one pool. */
  public static final String HIKARI = "HikariCP";

  /** DBCP's SharedPoolDataSource. */
  public static final String DBCP = "DBCP SharedPool";

  /** c3p0's one pool. */
  public static final String C3P0 = "c3p0";

  @Param({ONE_USER, LOOKED_UP, MANY_USERS, HIKARI, DBCP, C3P0})
  String peer = "";

  private Borrowing borrowing =
      turn -> {
        throw new SQLException("not set up");
      };
  private AutoCloseable closing = () -> {};

  private interface Borrowing {
    Connection borrow(int turn) throws SQLException;
  }

  /** Where a thread is in its round of users. */
  @State(Scope.Thread)
  public static class Turn {
    private int first;
    private int step;
    private int next;

    @Setup
    public void share(ThreadParams threads) {
      first = threads.getThreadIndex();
      step = threads.getThreadCount();
      next = first;
    }

    int next() {
      int turn = next;
      next = next + step < MANY ? next + step : first;
      return turn;
    }
  }

  @Setup(Level.Trial)
  public void start() throws Exception {
    DriverManager.registerDriver(new StubDriver());
    switch (peer) {
      case ONE_USER -> startWithHandles(1, CONNECTIONS);
      case LOOKED_UP -> {
        UserPoolManager manager = startOnbehalf(1, CONNECTIONS);
        borrowing = turn -> manager.getPool("user0").getConnection();
      }
      case MANY_USERS -> startWithHandles(MANY, 1);
      case HIKARI -> startHikari();
      case DBCP -> startDbcp();
      case C3P0 -> startC3p0();
      default -> throw new IllegalArgumentException(peer);
    }
    Connection[] warm = new Connection[peer.equals(MANY_USERS) ? MANY : CONNECTIONS];
    for (int i = 0; i < warm.length; i++) {
      warm[i] = borrowing.borrow(i);
    }
    for (Connection connection : warm) {
      connection.close();
    }
  }

  @TearDown(Level.Trial)
  public void stop() throws Exception {
    closing.close();
  }

  @Benchmark
  public Connection borrowAndClose(Turn turn) throws SQLException {
    Connection connection = borrowing.borrow(turn.next());
    connection.close();
    return connection;
  }

  private void startWithHandles(int users, int perUser) {
    UserPoolManager manager = startOnbehalf(users, perUser);
    UserPool[] pools = new UserPool[users];
    for (int i = 0; i < users; i++) {
      pools[i] = manager.getPool("user" + i);
    }
    borrowing = users == 1 ? turn -> pools[0].getConnection() : turn -> pools[turn].getConnection();
  }

  private UserPoolManager startOnbehalf(int users, int perUser) {
    StubDriver driver = new StubDriver();
    UserPoolManager manager =
        UserPoolManager.builder((user, secret) -> driver.connect(user), user -> Secret.of("x"))
            .maxConnections(Math.max(users * perUser, 2 * CONNECTIONS))
            .maxConnectionsPerUser(users == 1 ? perUser : CONNECTIONS)
            .idleTimeout(Duration.ofMinutes(10))
            .build();
    closing = manager;
    return manager;
  }

  private void startHikari() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(StubDriver.URL);
    config.setUsername("user");
    config.setMaximumPoolSize(CONNECTIONS);
    HikariDataSource source = new HikariDataSource(config);
    borrowing = turn -> source.getConnection();
    closing = source;
  }

  private void startDbcp() throws ClassNotFoundException {
    DriverAdapterCPDS driver = new DriverAdapterCPDS();
    driver.setDriver(StubDriver.class.getName());
    driver.setUrl(StubDriver.URL);
    SharedPoolDataSource source = new SharedPoolDataSource();
    source.setConnectionPoolDataSource(driver);
    source.setMaxTotal(CONNECTIONS);
    source.setDefaultMaxTotal(CONNECTIONS);
    source.setDefaultMaxIdle(CONNECTIONS);
    borrowing = turn -> source.getConnection("user", "x");
    closing = source;
  }

  private void startC3p0() {
    ComboPooledDataSource source = new ComboPooledDataSource();
    source.setJdbcUrl(StubDriver.URL);
    source.setMinPoolSize(CONNECTIONS);
    source.setMaxPoolSize(CONNECTIONS);
    borrowing = turn -> source.getConnection("user", "x");
    closing = source;
  }
}
