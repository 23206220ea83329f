package dev.onbehalf.playground;

import dev.onbehalf.rowsecurity.explain.CannotAskException;
import dev.onbehalf.spring.OnBehalfProblems;
import java.net.URI;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Turns what goes wrong into problem details (RFC 9457) that say what to do. */
@RestControllerAdvice
class ProblemAdvice {
  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

  private final OnBehalfProblems problems;

  ProblemAdvice(OnBehalfProblems problems) {
    this.problems = problems;
  }

  @ExceptionHandler
  ProblemDetail body(BadBodyException e) {
    ProblemDetail problem = problem(HttpStatus.BAD_REQUEST, "bad-body", e.getMessage());
    problem.setProperty("errors", e.errors());
    return problem;
  }

  /** Whoever asks why a row is seen lacks a right; the message says which GRANT gives it. */
  @ExceptionHandler
  ProblemDetail question(CannotAskException e) {
    return problem(HttpStatus.FORBIDDEN, "cannot-ask", e.getMessage());
  }

  /** A query, or the transaction around it, failed. */
  @ExceptionHandler({
    SQLException.class,
    DataAccessException.class,
    org.jooq.exception.DataAccessException.class,
    TransactionException.class
  })
  ResponseEntity<ProblemDetail> database(Exception e) {
    return problems.of(e).orElseGet(() -> unexpected(e));
  }

  private static ResponseEntity<ProblemDetail> unexpected(Exception e) {
    log.error("Unexpected failure of a query", e);
    return ResponseEntity.of(
            problem(
                HttpStatus.INTERNAL_SERVER_ERROR,
                "unexpected",
                "The server met an error that it has no answer to; its log has more."))
        .build();
  }

  static ProblemDetail problem(HttpStatus status, String word, @Nullable String detail) {
    ProblemDetail problem = ProblemDetail.forStatus(status);
    problem.setDetail(detail);
    problem.setType(URI.create("urn:onbehalf:problem:" + word));
    return problem;
  }
}
