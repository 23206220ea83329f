package dev.onbehalf.pool.internal.user;

import dev.onbehalf.pool.LoginFailedException;
import dev.onbehalf.pool.RlsBypassException;
import dev.onbehalf.pool.WrongSessionUserException;
import dev.onbehalf.pool.internal.jdbc.SqlStates;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;

/**
 * Why a caller gets no connection. Each caller gets an exception of its own, with its own stack.
 */
public sealed interface Failure {

  /** The exception for one caller. */
  SQLException exception();

  /** A pool or the manager was closed. */
  record Closed(String what) implements Failure {
    @Override
    public SQLException exception() {
      return new SQLNonTransientConnectionException(
          what + " is closed", SqlStates.CONNECTION_DOES_NOT_EXIST);
    }
  }

  /** The user's login was refused, now or a moment ago. */
  record Refused(String user, SQLException cause) implements Failure {
    @Override
    public SQLException exception() {
      if (cause instanceof WrongSessionUserException wrong) {
        return new WrongSessionUserException(user, wrong.sessionUser());
      }
      if (cause instanceof RlsBypassException bypass) {
        return new RlsBypassException(user, bypass.attribute(), bypass.remedy());
      }
      return new LoginFailedException(
          user,
          "Login of \"%s\" failed: %s".formatted(user, cause.getMessage()),
          cause.getSQLState(),
          cause.getErrorCode(),
          cause);
    }
  }
}
