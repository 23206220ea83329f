package dev.onbehalf.playground;

import dev.onbehalf.lakebase.IdentityException;
import dev.onbehalf.lakebase.WorkspaceUnavailableException;
import dev.onbehalf.pool.ConnectionTimeoutException;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/**
 * The problem details that don't need the database's words. A problem's {@code type} is {@code
 * urn:onbehalf:problem:} and a word that stays the same; {@code detail} says what to do.
 */
final class Problems {
  private static final String TRY_AGAIN_SECONDS = "5";

  private Problems() {}

  static ResponseEntity<ProblemDetail> of(IdentityException e) {
    HttpStatus status =
        switch (e.reason()) {
          case MALFORMED -> HttpStatus.BAD_REQUEST;
          case MISSING, TOKEN_REFUSED -> HttpStatus.UNAUTHORIZED;
          case MISMATCH, RESERVED, UNTRUSTED_PROXY -> HttpStatus.FORBIDDEN;
        };
    String word = "identity-" + e.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
    return respond(problem(status, word, e.getMessage()));
  }

  static ResponseEntity<ProblemDetail> of(WorkspaceUnavailableException e) {
    return tryAgain(
        problem(HttpStatus.SERVICE_UNAVAILABLE, "workspace-unreachable", e.getMessage()));
  }

  static ResponseEntity<ProblemDetail> of(ConnectionTimeoutException e) {
    ProblemDetail problem =
        problem(
            HttpStatus.SERVICE_UNAVAILABLE,
            "budget-busy",
            "All connections to the database were busy: %d of %d, %d in use, %d users waiting. Try again in a few seconds."
                .formatted(e.connections(), e.maxConnections(), e.inUse(), e.usersWaiting()));
    return tryAgain(problem);
  }

  static ResponseEntity<ProblemDetail> of(BadBodyException e) {
    ProblemDetail problem = problem(HttpStatus.BAD_REQUEST, "bad-body", e.getMessage());
    problem.setProperty("errors", e.errors());
    return respond(problem);
  }

  static ResponseEntity<ProblemDetail> unexpected() {
    return respond(
        problem(
            HttpStatus.INTERNAL_SERVER_ERROR,
            "unexpected",
            "The server met an error that it has no answer to; its log has more."));
  }

  static ProblemDetail problem(HttpStatus status, String word, @Nullable String detail) {
    ProblemDetail problem = ProblemDetail.forStatus(status);
    problem.setDetail(detail);
    problem.setType(URI.create("urn:onbehalf:problem:" + word));
    return problem;
  }

  static ResponseEntity<ProblemDetail> tryAgain(ProblemDetail problem) {
    return ResponseEntity.status(problem.getStatus())
        .header(HttpHeaders.RETRY_AFTER, TRY_AGAIN_SECONDS)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }

  static ResponseEntity<ProblemDetail> respond(ProblemDetail problem) {
    ResponseEntity.BodyBuilder response = ResponseEntity.status(problem.getStatus());
    if (problem.getStatus() == HttpStatus.UNAUTHORIZED.value()) {
      response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer"); // RFC 9110, 15.5.2: a 401 has one
    }
    return response.contentType(MediaType.APPLICATION_PROBLEM_JSON).body(problem);
  }
}
