package dev.onbehalf.identity;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.StringJoiner;

/**
 * The advisory lock by which set-ups take turns. Whoever can log in can take it as well, and keep
 * it; so it is not waited for without end, and the error names who has it.
 */
final class SetUpLock {
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  /** The key of pg_locks is in two halves (PostgreSQL manual, 52.12). */
  private static final String KEY = "pg_catalog.hashtextextended('onbehalf', 0)";

  private static final String TAKE = "SELECT pg_catalog.pg_advisory_xact_lock(" + KEY + ")";

  private static final String HOLDERS =
      """
      SELECT l.pid, a.usename
        FROM pg_catalog.pg_locks l
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
        JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) l.database
       WHERE l.granted AND l.locktype OPERATOR(pg_catalog.=) 'advisory'
         AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
         AND l.objsubid OPERATOR(pg_catalog.=) 1
         AND (l.classid::pg_catalog.int8 OPERATOR(pg_catalog.<<) 32)
             OPERATOR(pg_catalog.|) l.objid::pg_catalog.int8 OPERATOR(pg_catalog.=) \
      """
          + KEY;

  private static final String ALL_LOCKS =
      "SELECT l.pid, a.usename, l.locktype, l.relation, l.mode FROM pg_catalog.pg_locks l"
          + " JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid"
          + " WHERE l.granted;";

  private SetUpLock() {}

  /** Takes it until the end of the transaction. */
  static void take(Statement statement) throws SQLException {
    execute(TAKE, statement);
  }

  /** Runs a statement; one that waited too long for a lock fails with the whole of it named. */
  static void execute(String sql, Statement statement) throws SQLException {
    try {
      statement.execute(sql);
    } catch (SQLException e) {
      throw LOCK_NOT_AVAILABLE.equals(e.getSQLState()) ? new GaveUpException(sql, e) : e;
    }
  }

  /** Says what nobody can ask before the transaction that gave up is over. */
  static SQLException explained(GaveUpException gaveUp, Connection connection) {
    String waited =
        "The set-up gave up after "
            + SetUpTransaction.LOCK_TIMEOUT_SECONDS
            + " s, for another session holds ";
    if (!gaveUp.sql.equals(TAKE)) {
      return failure(
          waited
              + "a lock that this needs: "
              + gaveUp.sql
              + " An administrator sees who holds which lock with: "
              + ALL_LOCKS,
          gaveUp);
    }
    return failure(
        waited
            + "the advisory lock by which set-ups take turns, "
            + KEY
            + ": "
            + holders(connection, gaveUp)
            + ". If that is no set-up, an administrator ends the session with the function"
            + " pg_catalog.pg_terminate_backend",
        gaveUp);
  }

  private static SQLException failure(String message, GaveUpException gaveUp) {
    return new SQLException(message, LOCK_NOT_AVAILABLE, gaveUp);
  }

  private static String holders(Connection connection, GaveUpException gaveUp) {
    StringJoiner holders = new StringJoiner(", ");
    holders.setEmptyValue("who it was is gone");
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(HOLDERS)) {
      while (row.next()) {
        holders.add("process " + row.getInt(1) + " of \"" + row.getString(2) + '"');
      }
    } catch (SQLException e) {
      gaveUp.addSuppressed(e);
    }
    return holders.toString();
  }

  /** A statement waited too long for a lock. */
  static final class GaveUpException extends SQLException {
    private static final long serialVersionUID = 1L;

    private final String sql;

    private GaveUpException(String sql, SQLException cause) {
      super(cause.getMessage(), cause.getSQLState(), cause);
      this.sql = sql;
    }
  }
}
