package dev.onbehalf.pool.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * How a session looked before its borrowers changed it, and the way back.
 *
 * <p>What costs a round trip to learn (isolation) is learned just before it is changed for the
 * first time, so that a connection which nobody changes costs nothing. The search path need not be
 * learned: the server knows what it was at login.
 *
 * <p>Used by one thread at a time: the one that holds the connection.
 */
public final class SessionDefaults {
  static final int AUTO_COMMIT = 1;
  static final int READ_ONLY = 1 << 1;
  static final int ISOLATION = 1 << 2;
  static final int CATALOG = 1 << 3;
  static final int SCHEMA = 1 << 4;
  static final int NETWORK_TIMEOUT = 1 << 5;
  static final int HOLDABILITY = 1 << 6;

  /** Statements were made, or the driver's connection was handed out. */
  static final int USED = 1 << 7;

  private static final String ACTIVE_TRANSACTION = "25001";

  private final Connection driver;
  private final boolean discardAll;
  private final boolean autoCommit;
  private final boolean readOnly;
  private int learned;
  private int isolation;
  private int networkTimeout;
  private int holdability;
  private @Nullable String catalog;

  /**
   * Of a session that nobody has used yet.
   *
   * @param discardAll whether {@link #restore} discards all that statements may have left
   */
  public SessionDefaults(Connection driver, boolean discardAll) throws SQLException {
    this.driver = driver;
    this.discardAll = discardAll;
    this.autoCommit = driver.getAutoCommit();
    this.readOnly = driver.isReadOnly();
  }

  /**
   * Whether a driver's connections want to know where a request begins and ends. The default
   * methods do nothing, so that a driver which keeps them needn't be called.
   */
  public static boolean hearsRequests(Class<?> driver) {
    try {
      return driver.getMethod("beginRequest").getDeclaringClass() != Connection.class;
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  /** To be called before each change of what the one bit stands for; false if it was known. */
  boolean learn(int bit) throws SQLException {
    if ((learned & bit) != 0) {
      return false;
    }
    switch (bit) {
      case ISOLATION -> isolation = driver.getTransactionIsolation();
      case NETWORK_TIMEOUT -> networkTimeout = driver.getNetworkTimeout();
      case HOLDABILITY -> holdability = driver.getHoldability();
      case CATALOG -> catalog = driver.getCatalog();
      default -> {
        // known from the start
      }
    }
    learned |= bit;
    return true;
  }

  /** The change was refused, and what was learned for it may not be the session's default. */
  void forget(int bit) {
    learned &= ~bit;
  }

  /** Ends an open transaction and undoes the changes that the bits tell of. */
  void restore(int dirty) throws SQLException {
    endTransaction(dirty);
    if (driver.getAutoCommit() != autoCommit) {
      driver.setAutoCommit(autoCommit);
    }
    if (driver.isReadOnly() != readOnly) {
      driver.setReadOnly(readOnly);
    }
    if ((dirty & ISOLATION) != 0) {
      driver.setTransactionIsolation(isolation);
    }
    if ((dirty & CATALOG) != 0) {
      driver.setCatalog(catalog);
    }
    if ((dirty & SCHEMA) != 0) {
      execute(
          "RESET search_path"); // to what it had at login, by a statement that names no function
    }
    if ((dirty & HOLDABILITY) != 0) {
      driver.setHoldability(holdability);
    }
    if ((dirty & USED) != 0) {
      driver.clearWarnings();
      if (discardAll) {
        discardAll();
      }
    }
    if ((dirty & NETWORK_TIMEOUT) != 0) {
      driver.setNetworkTimeout(Runnable::run, networkTimeout);
    }
    if (!autoCommit) {
      driver.rollback(); // the statements above have begun a transaction
    }
  }

  private void endTransaction(int dirty) throws SQLException {
    if (!driver.getAutoCommit()) {
      driver.rollback(); // free of a round trip in pgjdbc when no transaction is open
    } else if ((dirty & USED) != 0 && plainSqlLeftTransactionOpen()) {
      execute("ROLLBACK");
    }
  }

  /**
   * Whether a {@code BEGIN} sent as plain SQL is still open while the driver is in auto-commit
   * mode. JDBC has no question for it, but setReadOnly is an error during a transaction, and
   * setting what is already set costs pgjdbc no round trip.
   */
  private boolean plainSqlLeftTransactionOpen() throws SQLException {
    try {
      driver.setReadOnly(driver.isReadOnly());
      return false;
    } catch (SQLException e) {
      if (ACTIVE_TRANSACTION.equals(e.getSQLState())) {
        return true;
      }
      throw e;
    }
  }

  /** DISCARD ALL is refused inside a transaction. */
  private void discardAll() throws SQLException {
    if (driver.getAutoCommit()) {
      execute("DISCARD ALL");
      return;
    }
    driver.rollback();
    driver.setAutoCommit(true);
    execute("DISCARD ALL");
    driver.setAutoCommit(false);
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = driver.createStatement()) {
      statement.execute(sql);
    }
  }
}
