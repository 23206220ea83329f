package dev.onbehalf.playground;

import dev.onbehalf.lakebase.IdentityException;
import dev.onbehalf.lakebase.WorkspaceUnavailableException;
import dev.onbehalf.pool.ConnectionTimeoutException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedRuntimeException;
import org.springframework.dao.DataAccessException;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Turns what goes wrong into problem details (RFC 9457) that say what to do. */
@RestControllerAdvice
class ProblemAdvice {
  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

  private final DatabaseProblems databaseProblems;

  ProblemAdvice(DatabaseProblems databaseProblems) {
    this.databaseProblems = databaseProblems;
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> identity(IdentityException e) {
    return Problems.of(e);
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> workspace(WorkspaceUnavailableException e) {
    log.warn("{}", e.getMessage());
    return Problems.of(e);
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> body(BadBodyException e) {
    return Problems.of(e);
  }

  /** A query, or the transaction around it, failed. */
  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  ResponseEntity<ProblemDetail> database(
      NestedRuntimeException e,
      @RequestAttribute(name = UserPoolResolver.USER, required = false) @Nullable String user) {
    WorkspaceUnavailableException workspace = cause(e, WorkspaceUnavailableException.class);
    if (workspace != null) {
      return workspace(workspace);
    }
    IdentityException identity = cause(e, IdentityException.class);
    if (identity != null) {
      return identity(identity);
    }
    ConnectionTimeoutException busy = cause(e, ConnectionTimeoutException.class);
    if (busy != null) {
      log.warn("{}", busy.getMessage());
      return Problems.of(busy);
    }
    SQLException sql = cause(e, SQLException.class);
    return sql == null ? unexpected(e) : databaseProblems.of(sql, user);
  }

  private static ResponseEntity<ProblemDetail> unexpected(Exception e) {
    log.error("Unexpected failure of a query", e);
    return Problems.unexpected();
  }

  private static <T extends Throwable> @Nullable T cause(Throwable e, Class<T> type) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }
}
