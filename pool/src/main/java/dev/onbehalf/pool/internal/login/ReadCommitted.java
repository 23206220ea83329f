package dev.onbehalf.pool.internal.login;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Asks a new session for one row, in one round trip and in a transaction of its own, so that
 * nothing which a role may set for itself makes the question wait for others.
 */
final class ReadCommitted {
  /*
   * ALTER ROLE CURRENT_USER SET default_transaction_isolation = 'serializable', and the same with
   * default_transaction_read_only and default_transaction_deferrable, are open to everybody. Any
   * statement that needs a snapshot then waits for a safe one, as long as any serializable
   * transaction is open anywhere (PostgreSQL manual, SET TRANSACTION). BEGIN needs none, and says
   * otherwise before the question is looked at. It leaves read-only alone: a standby knows no other.
   *
   * Not by the server option -c at login, which would be in force for the user's own statements too.
   */
  private static final String BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED; ";

  private static final String COMMIT = "; COMMIT";

  private static final String PROTOCOL_VIOLATION = "08P01";

  private ReadCommitted() {}

  /** What to make of the row. */
  interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /**
   * The answer to a question of one row.
   *
   * @throws SQLException if it fails; the session is then outside a transaction, or of no use
   */
  static <T> T ask(Connection connection, String question, Reader<T> reader) throws SQLException {
    boolean autoCommit = connection.getAutoCommit();
    if (!autoCommit) {
      connection.setAutoCommit(true); // or the driver would begin one before ours
    }
    T answer;
    try (Statement statement = connection.createStatement()) {
      answer = answer(statement, question, reader);
    } catch (SQLException | RuntimeException | Error e) {
      try {
        connection.setAutoCommit(autoCommit);
      } catch (SQLException also) {
        e.addSuppressed(also);
      }
      throw e;
    }
    if (!autoCommit) {
      connection.setAutoCommit(false);
    }
    return answer;
  }

  private static <T> T answer(Statement statement, String question, Reader<T> reader)
      throws SQLException {
    try {
      boolean isRows = statement.execute(BEGIN + question + COMMIT);
      while (!isRows) {
        isRows = statement.getMoreResults();
        if (!isRows && statement.getUpdateCount() < 0) {
          throw noAnswer(question);
        }
      }
      try (ResultSet row = statement.getResultSet()) {
        if (row == null || !row.next()) {
          throw noAnswer(question);
        }
        return reader.read(row);
      }
    } catch (SQLException e) {
      endTransaction(statement, e);
      throw e;
    }
  }

  private static SQLException noAnswer(String question) {
    return new SQLException("The server has no answer to: " + question, PROTOCOL_VIOLATION);
  }

  /** The question has failed in front of COMMIT. */
  private static void endTransaction(Statement statement, SQLException failure) {
    try {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }
}
