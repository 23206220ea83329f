package dev.onbehalf.identity;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;

/**
 * A stretch of work that is done whole or not at all, in which no name means what a person has put
 * into the search path (CVE-2018-1058; PostgreSQL manual, 5.10.6), and nobody's lock is waited for
 * without end. What the caller had set is back afterwards.
 */
final class SetUpTransaction {
  /** For one lock, in seconds. The set-ups of several instances at once take milliseconds each. */
  static final int LOCK_TIMEOUT_SECONDS = 5;

  /** What runs in it. */
  interface Work<T> {
    T run() throws SQLException;
  }

  private final Connection connection;

  SetUpTransaction(Connection connection) {
    this.connection = connection;
  }

  /** Within the connection's transaction if it has auto-commit off, else in one of its own. */
  <T> T run(Work<T> work) throws SQLException {
    return connection.getAutoCommit() ? runAlone(work) : runWithinCallersTransaction(work);
  }

  private <T> T runAlone(Work<T> work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      guard();
      T result = work.run();
      connection.commit();
      return result;
    } finally {
      connection.rollback(); // without effect after a commit
      connection.setAutoCommit(true);
    }
  }

  /** The savepoint takes back what SET LOCAL did as well, so only success has to. */
  private <T> T runWithinCallersTransaction(Work<T> work) throws SQLException {
    String searchPath = shown("SHOW search_path");
    String lockTimeout = shown("SHOW lock_timeout");
    Savepoint before = connection.setSavepoint();
    try {
      guard();
      T result = work.run();
      setLocally("search_path", searchPath);
      setLocally("lock_timeout", lockTimeout);
      connection.releaseSavepoint(before);
      return result;
    } catch (SQLException | RuntimeException e) {
      undo(before, e);
      throw e;
    }
  }

  private void undo(Savepoint before, Exception cause) {
    try {
      connection.rollback(before);
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  /** Unless it is named, pg_temp is searched first (PostgreSQL manual, 19.11.1). */
  private void guard() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL search_path = pg_catalog, pg_temp");
      statement.execute("SET LOCAL lock_timeout = '" + LOCK_TIMEOUT_SECONDS + "s'");
    }
  }

  private String shown(String show) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(show)) {
      row.next();
      return row.getString(1);
    }
  }

  private void setLocally(String setting, String value) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_catalog.set_config(?, ?, true)")) {
      statement.setString(1, setting);
      statement.setString(2, value);
      statement.execute();
    }
  }
}
