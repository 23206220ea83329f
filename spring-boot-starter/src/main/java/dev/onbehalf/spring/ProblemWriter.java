package dev.onbehalf.spring;

import dev.onbehalf.identity.IssuerUnavailableException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.json.JsonWriter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MimeTypeUtils;

/**
 * Writes an answer of {@link OnBehalfProblems}, the same wherever the failure happened: as problem
 * details in JSON, or, to who asks with a browser, as the application's own error page, of which
 * the problem's {@code type}, {@code title}, {@code detail} and {@code user} are attributes.
 * Thread-safe.
 */
public final class ProblemWriter {
  private static final String PROBLEM = ProblemWriter.class.getName() + ".problem";

  private static final JsonWriter<ProblemDetail> JSON =
      JsonWriter.of(
          problem -> {
            problem.add("type", ProblemDetail::getType);
            problem.add("title", ProblemDetail::getTitle);
            problem.add("status", ProblemDetail::getStatus);
            problem.add("detail", ProblemDetail::getDetail).whenNotNull();
            problem.add("instance", ProblemDetail::getInstance).whenNotNull();
            problem.add("user", ProblemWriter::user).whenNotNull();
          });

  private final OnBehalfProblems problems;
  private final boolean errorPages;

  /**
   * @param errorPages whether the application has error pages, as Spring Boot's web applications do
   */
  public ProblemWriter(OnBehalfProblems problems, boolean errorPages) {
    this.problems = problems;
    this.errorPages = errorPages;
  }

  /**
   * Answers a failure if it is one that has an answer.
   *
   * @return false if it has none, or the response is on its way already; then nothing was done
   */
  public boolean answer(Throwable failure, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (response.isCommitted()) {
      return false;
    }
    Optional<ResponseEntity<ProblemDetail>> answer = problems.of(failure);
    if (answer.isEmpty()) {
      return false;
    }
    write(answer.get(), request, response);
    return true;
  }

  /** Answers a request that is not let in, which always has an answer. */
  void refuse(RuntimeException refusal, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    ResponseEntity<ProblemDetail> answer =
        problems.of(refusal).orElseThrow(() -> new IllegalStateException("No answer", refusal));
    ProblemDetail problem = answer.getBody();
    if (problem != null
        && refusal instanceof IssuerUnavailableException unavailable
        && !unavailable.reason().passes()) { // what an operator has to mend is no stranger's matter
      problem.setDetail(
          "Whose the access token is could not be found out. Whoever runs the application finds the"
              + " reason in its log.");
    }
    write(answer, request, response);
  }

  private void write(
      ResponseEntity<ProblemDetail> answer,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    ProblemDetail problem = answer.getBody();
    if (problem == null) {
      throw new IllegalArgumentException("A problem without details");
    }
    problem.setInstance(instance(request));
    discardBody(response);
    HttpHeaders headers = new HttpHeaders(answer.getHeaders());
    headers.setCacheControl(PersonalResponse.NO_STORE);
    int status = answer.getStatusCode().value();
    // The error page's own failure has no further page.
    if (errorPages && request.getDispatcherType() != DispatcherType.ERROR && asksForPage(request)) {
      headers.remove(HttpHeaders.CONTENT_TYPE);
      set(headers, response);
      request.setAttribute(PROBLEM, problem);
      response.sendError(status);
    } else {
      set(headers, response);
      response.setStatus(status);
      response
          .getOutputStream()
          .write(JSON.writeToString(problem).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void set(HttpHeaders headers, HttpServletResponse response) {
    headers.forEach((name, values) -> values.forEach(value -> response.setHeader(name, value)));
  }

  /** What was written so far, and what headers say of it; other filters' headers stay. */
  private static void discardBody(HttpServletResponse response) {
    HttpHeaders kept = new HttpHeaders();
    for (String name : response.getHeaderNames()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!lower.startsWith("content-") || lower.startsWith("content-security-")) {
        kept.addAll(name, List.copyOf(response.getHeaders(name)));
      }
    }
    response.reset();
    kept.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
  }

  /** Null where the path as it was sent is no URI reference, or one to another host. */
  private static @Nullable URI instance(HttpServletRequest request) {
    String path = request.getRequestURI();
    if (path == null || path.startsWith("//")) {
      return null;
    }
    try {
      return URI.create(path);
    } catch (IllegalArgumentException notAUri) {
      return null;
    }
  }

  /** Whether a page is what {@code Accept} likes best: a wildcard, as curl sends it, is not. */
  private static boolean asksForPage(HttpServletRequest request) {
    List<String> accept = Collections.list(request.getHeaders(HttpHeaders.ACCEPT));
    try {
      List<MediaType> types = MediaType.parseMediaTypes(accept);
      MimeTypeUtils.sortBySpecificity(types);
      return !types.isEmpty()
          && (types.get(0).isCompatibleWith(MediaType.APPLICATION_XHTML_XML)
              || types.get(0).isCompatibleWith(MediaType.TEXT_HTML))
          && !types.get(0).isWildcardType();
    } catch (IllegalArgumentException notMediaTypes) { // or more than Spring cares to sort
      return false;
    }
  }

  /** The problem whose page is being shown; null for the error page of anything else. */
  static @Nullable ProblemDetail problemOf(ServletRequest request) {
    return (ProblemDetail) request.getAttribute(PROBLEM);
  }

  /** Whether {@code request} is for the page of a problem, and no longer what was asked for. */
  public static boolean isForPage(HttpServletRequest request) {
    return request.getDispatcherType() == DispatcherType.ERROR && problemOf(request) != null;
  }

  static @Nullable Object user(ProblemDetail problem) {
    return problem.getProperties() == null ? null : problem.getProperties().get("user");
  }
}
