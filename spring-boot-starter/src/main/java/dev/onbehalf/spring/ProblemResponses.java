package dev.onbehalf.spring;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/** How a problem is made. */
final class ProblemResponses {
  private static final String TRY_AGAIN_SECONDS = "5";
  private static final String COME_AGAIN_SECONDS = "1"; // who was sent away goes first then

  private ProblemResponses() {}

  static ResponseEntity<ProblemDetail> of(
      HttpStatus status, String word, @Nullable String detail, @Nullable String user) {
    ResponseEntity.BodyBuilder response = ResponseEntity.status(status);
    if (status == HttpStatus.UNAUTHORIZED) {
      response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer"); // RFC 9110, 15.5.2: a 401 has one
    }
    if (status == HttpStatus.TOO_MANY_REQUESTS) {
      response.header(HttpHeaders.RETRY_AFTER, COME_AGAIN_SECONDS);
    }
    ProblemDetail problem = problem(status, word, detail);
    if (user != null) {
      problem.setProperty("user", user);
    }
    return response.contentType(MediaType.APPLICATION_PROBLEM_JSON).body(problem);
  }

  static ResponseEntity<ProblemDetail> tryAgain(String word, @Nullable String detail) {
    return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
        .header(HttpHeaders.RETRY_AFTER, TRY_AGAIN_SECONDS)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem(HttpStatus.SERVICE_UNAVAILABLE, word, detail));
  }

  static ResponseEntity<ProblemDetail> unexpected() {
    return of(
        HttpStatus.INTERNAL_SERVER_ERROR,
        "unexpected",
        "The server met an error that it has no answer to; its log has more.",
        null);
  }

  private static ProblemDetail problem(HttpStatus status, String word, @Nullable String detail) {
    ProblemDetail problem = ProblemDetail.forStatus(status);
    problem.setType(URI.create("urn:onbehalf:problem:" + word));
    problem.setDetail(detail);
    return problem;
  }
}
