package dev.onbehalf.spring.actuate;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A failure as a trace gets it: types, SQLStates and stacks. Its words name people, and a trace
 * goes to whoever collects traces; the log has the words.
 */
final class WordlessFailure extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int DEEPEST = 8;

  private WordlessFailure(Throwable failure, @Nullable WordlessFailure cause) {
    super(type(failure), cause, false, true);
    setStackTrace(failure.getStackTrace());
  }

  static WordlessFailure of(Throwable failure) {
    return of(failure, DEEPEST);
  }

  private static WordlessFailure of(Throwable failure, int depth) {
    Throwable cause = depth == 0 ? null : failure.getCause();
    return new WordlessFailure(failure, cause == null ? null : of(cause, depth - 1));
  }

  private static String type(Throwable failure) {
    String name = failure.getClass().getName();
    return failure instanceof SQLException sql && sql.getSQLState() != null
        ? name + ", SQLState " + sql.getSQLState()
        : name;
  }
}
