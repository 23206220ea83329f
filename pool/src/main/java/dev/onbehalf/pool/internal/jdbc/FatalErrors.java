package dev.onbehalf.pool.internal.jdbc;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which SQLStates mean that the connection, and not only the statement, has failed (PostgreSQL
 * manual, appendix A).
 */
final class FatalErrors {
  private static final String CONNECTION_EXCEPTION_CLASS = "08";

  private static final Set<String> STATES =
      Set.of(
          "57P01", // admin shutdown, and pg_terminate_backend
          "57P02", // crash shutdown
          "57P03", // cannot connect now
          "57P04", // database dropped
          "57P05", // idle session timeout
          "25P03", // idle in transaction session timeout
          "25P04", // transaction timeout
          "01002"); // disconnect error, in SQL/CLI's words

  /** A chain of exceptions may be a circle. */
  private static final int MAX_CHAIN = 10;

  private FatalErrors() {}

  static boolean anyIn(SQLException exception) {
    SQLException next = exception;
    for (int depth = 0; next != null && depth < MAX_CHAIN; depth++) {
      if (isFatal(next.getSQLState())) {
        return true;
      }
      next = next.getNextException();
    }
    return false;
  }

  private static boolean isFatal(@Nullable String state) {
    return state != null
        && (state.startsWith(CONNECTION_EXCEPTION_CLASS) || STATES.contains(state));
  }
}
