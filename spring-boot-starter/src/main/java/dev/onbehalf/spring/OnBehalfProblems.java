package dev.onbehalf.spring;

import dev.onbehalf.servlet.Problem;
import dev.onbehalf.servlet.Problems;
import java.net.URI;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/**
 * The answers of {@link Problems} as Spring has them, for exception handlers of one's own.
 *
 * <pre>{@code
 * @ExceptionHandler
 * ResponseEntity<?> failed(DataAccessException e) {
 *   return problems.of(e).orElseGet(() -> myOwnAnswer(e));
 * }
 * }</pre>
 *
 * <p>Thread-safe. Also logs what an operator should know. No answer holds a token.
 */
public final class OnBehalfProblems {
  private final Problems problems;

  public OnBehalfProblems(Problems problems) {
    this.problems = problems;
  }

  /**
   * The answer to {@code failure}, or to the nearest of its causes that has one; empty for what is
   * the application's own affair, such as a violated constraint.
   */
  public Optional<ResponseEntity<ProblemDetail>> of(Throwable failure) {
    return problems.of(failure).map(OnBehalfProblems::answer);
  }

  private static ResponseEntity<ProblemDetail> answer(Problem problem) {
    ProblemDetail detail = ProblemDetail.forStatus(problem.status());
    detail.setType(URI.create(problem.type()));
    detail.setDetail(problem.detail());
    if (problem.user() != null) {
      detail.setProperty("user", problem.user());
    }
    HttpHeaders headers = new HttpHeaders();
    problem.headers().forEach(headers::set);
    return ResponseEntity.status(problem.status())
        .headers(headers)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(detail);
  }
}
