package dev.onbehalf.servlet;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.onbehalf.identity.IssuerUnavailableException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer of {@link Problems}, the same wherever the failure happened: as problem details
 * in JSON, or, to who asks for a page, as the application shows one.
 *
 * <pre>{@code
 * if (!writer.answer(failure, request, response)) {
 *   throw failure; // the application's own affair
 * }
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class ProblemWriter {
  private final Problems problems;
  private final Page page;

  /** How the application shows a problem to who asks with a browser. */
  @FunctionalInterface
  public interface Page {
    /**
     * Shows it, if a page is what {@code request} asks for; the headers are set.
     *
     * @return false to have it written as JSON
     */
    boolean show(Problem problem, HttpServletRequest request, HttpServletResponse response)
        throws IOException;
  }

  /** One that writes JSON to everybody. */
  public ProblemWriter(Problems problems) {
    this(problems, (problem, request, response) -> false);
  }

  public ProblemWriter(Problems problems, Page page) {
    this.problems = problems;
    this.page = page;
  }

  /**
   * Answers a failure if it is one that has an answer.
   *
   * @return false if it has none, the response is on its way already, or the request is for a part
   *     that a page includes, which has no status of its own; then nothing was done
   */
  public boolean answer(Throwable failure, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (response.isCommitted() || request.getDispatcherType() == DispatcherType.INCLUDE) {
      return false;
    }
    Optional<Problem> problem = problems.of(failure);
    if (problem.isEmpty()) {
      return false;
    }
    write(problem.get(), request, response);
    return true;
  }

  /** Answers a request that is not let in, which always has an answer. */
  void refuse(RuntimeException refusal, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Problem problem =
        problems.of(refusal).orElseThrow(() -> new IllegalStateException("No answer", refusal));
    boolean isOperators =
        refusal instanceof IssuerUnavailableException unavailable && !unavailable.reason().passes();
    write(
        isOperators // what an operator has to mend is no stranger's matter
            ? problem.saying(
                "Whose the access token is could not be found out. Whoever runs the application"
                    + " finds the reason in its log.")
            : problem,
        request,
        response);
  }

  private void write(Problem problem, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    discardBody(response);
    problem.headers().forEach(response::setHeader);
    response.setHeader(PersonalResponse.CACHE_CONTROL, PersonalResponse.NO_STORE);
    if (!page.show(problem, request, response)) {
      response.setStatus(problem.status());
      response.setContentType("application/problem+json");
      response.getOutputStream().write(json(problem, instance(request)));
    }
  }

  private static byte[] json(Problem problem, @Nullable String instance) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", problem.type());
    members.put("title", problem.title());
    members.put("status", problem.status());
    put("detail", problem.detail(), members);
    put("instance", instance, members);
    put("user", problem.user(), members);
    return JSONObjectUtils.toJSONString(members).getBytes(StandardCharsets.UTF_8);
  }

  private static void put(String name, @Nullable String value, Map<String, Object> members) {
    if (value != null) {
      members.put(name, value);
    }
  }

  /** What was written so far, and what headers say of it; other filters' headers stay. */
  private static void discardBody(HttpServletResponse response) {
    Map<String, List<String>> kept = new LinkedHashMap<>();
    for (String name : response.getHeaderNames()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!lower.startsWith("content-") || lower.startsWith("content-security-")) {
        kept.put(name, List.copyOf(response.getHeaders(name)));
      }
    }
    response.reset(); // after which some servers have set theirs anew
    kept.forEach((name, values) -> putBack(name, values, response));
  }

  /** Cookies are many under one name. */
  private static void putBack(String name, List<String> values, HttpServletResponse response) {
    List<String> there = List.copyOf(response.getHeaders(name));
    if (there.isEmpty() || name.equalsIgnoreCase("Set-Cookie")) {
      values.stream()
          .filter(value -> !there.contains(value))
          .forEach(value -> response.addHeader(name, value));
    }
  }

  /** Null where the path as it was sent is no URI reference, or one to another host. */
  private static @Nullable String instance(HttpServletRequest request) {
    String path = request.getRequestURI();
    if (path == null || path.startsWith("//")) {
      return null;
    }
    try {
      return URI.create(path).toString();
    } catch (IllegalArgumentException notAUri) {
      return null;
    }
  }
}
