package dev.onbehalf.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.json.JsonWriter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/** How a problem is made, and written where no message converter is at hand: in a filter. */
final class ProblemResponses {
  private static final String TRY_AGAIN_SECONDS = "5";
  private static final String COME_AGAIN_SECONDS = "1"; // who was sent away goes first then
  private static final JsonWriter<ProblemDetail> JSON =
      JsonWriter.of(
          problem -> {
            problem.add("type", ProblemDetail::getType);
            problem.add("title", ProblemDetail::getTitle);
            problem.add("status", ProblemDetail::getStatus);
            problem.add("detail", ProblemDetail::getDetail).whenNotNull();
            problem.add("instance", ProblemDetail::getInstance).whenNotNull();
            problem.add("user", ProblemResponses::user).whenNotNull();
          });

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

  /** Writes what Spring MVC would write, whichever JSON library it has. */
  static void write(
      ResponseEntity<ProblemDetail> answer,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    ProblemDetail problem = answer.getBody();
    if (problem == null) {
      throw new IllegalArgumentException("A problem without details");
    }
    problem.setInstance(URI.create(request.getRequestURI()));
    response.setStatus(answer.getStatusCode().value());
    answer
        .getHeaders()
        .forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
    response.getOutputStream().write(JSON.writeToString(problem).getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable Object user(ProblemDetail problem) {
    return problem.getProperties() == null ? null : problem.getProperties().get("user");
  }
}
