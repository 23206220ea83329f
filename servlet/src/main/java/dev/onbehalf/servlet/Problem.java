package dev.onbehalf.servlet;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller is told of a failure: problem details (RFC 9457). It holds no token. Immutable.
 *
 * <pre>{@code
 * Problem problem = problems.of(sqlException).orElseThrow();
 * problem.headers().forEach(response::setHeader);
 * response.setStatus(problem.status()); // 403, urn:onbehalf:problem:no-role
 * }</pre>
 *
 * @param status the HTTP status
 * @param type a URN that stays the same, such as {@code urn:onbehalf:problem:no-role}
 * @param detail a sentence that says what to do
 * @param user whom it concerns: their role; null where it is nobody's
 * @param retryAfter seconds after which to try again; null where that does not help
 */
public record Problem(
    int status,
    String type,
    @Nullable String detail,
    @Nullable String user,
    @Nullable Integer retryAfter) {
  static final int BAD_REQUEST = 400;
  static final int UNAUTHORIZED = 401;
  static final int FORBIDDEN = 403;
  static final int TOO_MANY_REQUESTS = 429;
  static final int SERVER_ERROR = 500;
  static final int UNAVAILABLE = 503;

  private static final String TYPE = "urn:onbehalf:problem:";
  private static final int IN_A_MOMENT = 5;
  private static final int AT_ONCE = 1; // who was sent away goes first then

  static Problem of(int status, String word, @Nullable String detail, @Nullable String user) {
    return new Problem(
        status, TYPE + word, detail, user, status == TOO_MANY_REQUESTS ? AT_ONCE : null);
  }

  static Problem tryAgain(String word, @Nullable String detail) {
    return new Problem(UNAVAILABLE, TYPE + word, detail, null, IN_A_MOMENT);
  }

  static Problem unexpected() {
    return of(
        SERVER_ERROR,
        "unexpected",
        "The server met an error that it has no answer to; its log has more.",
        null);
  }

  /** The same with another sentence. */
  Problem saying(String other) {
    return new Problem(status, type, other, user, retryAfter);
  }

  /** The status in words (RFC 9110, 15). */
  public String title() {
    return switch (status) {
      case BAD_REQUEST -> "Bad Request";
      case UNAUTHORIZED -> "Unauthorized";
      case FORBIDDEN -> "Forbidden";
      case TOO_MANY_REQUESTS -> "Too Many Requests";
      case UNAVAILABLE -> "Service Unavailable";
      default -> "Internal Server Error";
    };
  }

  /** The headers of its answer, besides the content's. */
  public Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    if (status == UNAUTHORIZED) {
      headers.put("WWW-Authenticate", "Bearer"); // RFC 9110, 15.5.2: a 401 has one
    }
    if (retryAfter != null) {
      headers.put("Retry-After", String.valueOf(retryAfter));
    }
    return headers;
  }
}
