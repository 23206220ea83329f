package dev.onbehalf.pool.internal.jdbc;

import java.sql.SQLException;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which errors mean that the connection, and not only the statement, has failed. */
final class FatalErrors {
  private static final Set<String> STATES =
      Set.of(
          SqlStates.ADMIN_SHUTDOWN,
          SqlStates.CRASH_SHUTDOWN,
          SqlStates.CANNOT_CONNECT_NOW,
          SqlStates.DATABASE_DROPPED,
          SqlStates.IDLE_SESSION_TIMEOUT,
          SqlStates.IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
          SqlStates.TRANSACTION_TIMEOUT,
          SqlStates.DISCONNECT_ERROR);

  /** A chain of exceptions may be a circle. */
  static final int MAX_CHAIN = 10;

  private FatalErrors() {}

  /** Whether an exception or one chained to it is fatal, by its SQLState or as somebody says. */
  static boolean anyIn(SQLException exception, Predicate<SQLException> alsoFatal) {
    SQLException next = exception;
    for (int depth = 0; next != null && depth < MAX_CHAIN; depth++) {
      if (isFatal(next.getSQLState()) || alsoFatal.test(next)) {
        return true;
      }
      next = next.getNextException();
    }
    return false;
  }

  private static boolean isFatal(@Nullable String state) {
    return state != null
        && (state.startsWith(SqlStates.CONNECTION_EXCEPTION_CLASS) || STATES.contains(state));
  }
}
