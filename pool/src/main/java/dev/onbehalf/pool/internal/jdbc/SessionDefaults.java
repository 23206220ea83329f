package dev.onbehalf.pool.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way back to how a session was at login, for what its borrowers changed.
 *
 * <p>What the server keeps is reset and not remembered: the server knows what it was at login, from
 * the role's settings or the client's options, and a value that was read later may hold for one
 * transaction only. What the driver keeps in memory is set back to what it was at login. All that
 * the server has to be told goes in one round trip.
 *
 * <p>Used by one thread at a time: the one that holds the connection.
 */
public final class SessionDefaults {
  /** The connection was asked for anything at all. */
  static final int USED = 1;

  static final int READ_ONLY = 1 << 1;
  static final int ISOLATION = 1 << 2;
  static final int SCHEMA = 1 << 3;
  static final int CLIENT_INFO = 1 << 4;

  /** What only the driver knows of: see {@link DriverState}. */
  static final int DRIVER = 1 << 5;

  static final int LISTENING = 1 << 6;
  static final int CURSORS = 1 << 7;

  /** The driver's own object was handed out: whatever was done with it went past the wrapper. */
  static final int UNWRAPPED = ~0;

  private final Connection driver;
  private final boolean discardAll;
  private final boolean autoCommit;
  private final boolean readOnly;
  private final DriverState atLogin;
  private final @Nullable PostgresDriver postgres;
  private final @Nullable Object reportedReadOnly;

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
    this.atLogin = DriverState.of(driver);
    this.postgres = PostgresDriver.of(driver);
    this.reportedReadOnly = reportedReadOnly();
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

  /** Ends an open transaction and undoes the changes that the bits tell of. */
  void restore(int dirty) throws SQLException {
    endTransaction(driver);
    if (dirty == UNWRAPPED && postgres != null) {
      postgres.restoreSettings();
    }
    // Before auto-commit, whose change pgjdbc else tells the server where the two are one setting.
    if (driver.isReadOnly() != readOnly) {
      driver.setReadOnly(readOnly);
    }
    if (dirty != USED || discardAll) {
      undo(dirty);
    }
    if (driver.getAutoCommit() != autoCommit) {
      driver.setAutoCommit(autoCommit);
    }
    driver.clearWarnings();
  }

  /** In auto-commit, because a rollback would bring back all that was reset. */
  private void undo(int dirty) throws SQLException {
    List<String> statements = discardAll ? List.of("DISCARD ALL") : resets(dirty);
    boolean tellsClient = (dirty & CLIENT_INFO) != 0 || discardAll;
    if ((!statements.isEmpty() || tellsClient) && !driver.getAutoCommit()) {
      driver.setAutoCommit(true);
    }
    if (!statements.isEmpty()) {
      execute(String.join("; ", statements), driver);
    }
    if (tellsClient) {
      atLogin.restoreClientInfo(driver);
    }
    if ((dirty & LISTENING) != 0 && postgres != null) {
      postgres.dropNotifications();
    }
    if ((dirty & DRIVER) != 0) {
      atLogin.restore(driver);
    }
  }

  private List<String> resets(int dirty) throws SQLException {
    List<String> statements = new ArrayList<>();
    if ((dirty & ISOLATION) != 0) {
      statements.add("RESET default_transaction_isolation");
    }
    if ((dirty & READ_ONLY) != 0 && mayHaveToldServerReadOnly()) {
      statements.add("RESET default_transaction_read_only");
    }
    if ((dirty & SCHEMA) != 0) {
      statements.add("RESET search_path");
    }
    if ((dirty & LISTENING) != 0) {
      statements.add("UNLISTEN *");
    }
    if ((dirty & CURSORS) != 0) {
      statements.add("CLOSE ALL");
    }
    return statements;
  }

  /**
   * With {@code readOnlyMode=always}, pgjdbc's {@code setReadOnly} changes the session's default.
   * PostgreSQL reports that from version 14 on, so that the usual mode needn't pay for it.
   */
  private boolean mayHaveToldServerReadOnly() throws SQLException {
    return reportedReadOnly == null || !Objects.equals(reportedReadOnly, reportedReadOnly());
  }

  private @Nullable Object reportedReadOnly() throws SQLException {
    return postgres == null ? null : postgres.reported("default_transaction_read_only");
  }

  /** Rolls back what is open, in whichever way it was begun. */
  public static void endTransaction(Connection driver) throws SQLException {
    if (!driver.getAutoCommit()) {
      driver.rollback(); // free of a round trip in pgjdbc when no transaction is open
    } else if (plainSqlLeftTransactionOpen(driver)) {
      execute("ROLLBACK", driver);
    }
  }

  /**
   * Whether a {@code BEGIN} sent as plain SQL is still open while the driver is in auto-commit
   * mode. JDBC has no question for it, but setReadOnly is an error during a transaction, and
   * setting what is already set costs pgjdbc no round trip.
   */
  private static boolean plainSqlLeftTransactionOpen(Connection driver) throws SQLException {
    try {
      driver.setReadOnly(driver.isReadOnly());
      return false;
    } catch (SQLException e) {
      if (SqlStates.ACTIVE_TRANSACTION.equals(e.getSQLState())) {
        return true;
      }
      throw e;
    }
  }

  private static void execute(String sql, Connection driver) throws SQLException {
    try (Statement statement = driver.createStatement()) {
      statement.execute(sql);
    }
  }
}
