package dev.onbehalf.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * The paths below the context path that need no identity. A request for one has nobody bound, so
 * whoever finds a way to be taken for one has won nothing.
 *
 * <pre>{@code
 * ExemptPaths open = ExemptPaths.of(List.of("/health", "/public/*"));
 * }</pre>
 *
 * <p>What counts is the path that the server dispatches on, which it has decoded and normalised,
 * with path parameters taken out. A path that the server had to make another one for that is never
 * exempt: with dot segments, empty segments, parameters, or these in an encoded form (RFC 3986,
 * 6.2.2.3; Jakarta Servlet 6.1, 3.5.2, "URI Path Canonicalization"). Thread-safe.
 */
@FunctionalInterface
public interface ExemptPaths {
  /** Whether a path, as the server dispatches on it, needs no identity. */
  boolean matches(String path);

  /** Whether {@code request} is for one of them. */
  default boolean contain(HttpServletRequest request) {
    HttpServletRequest servers = (HttpServletRequest) Sender.servers(request);
    return PlainPath.is(servers.getRequestURI())
        && matches(
            servers.getServletPath() + Objects.requireNonNullElse(servers.getPathInfo(), ""));
  }

  /** None: every request needs an identity. */
  static ExemptPaths none() {
    return path -> false;
  }

  /**
   * Those that patterns name, as Jakarta Servlet 6.1, 12.2, has them: a path, or one that ends in
   * {@code /*} for all below it as well.
   *
   * @throws IllegalArgumentException if one does not begin with a slash, or has another asterisk
   */
  static ExemptPaths of(Collection<String> patterns) {
    List<String> copy = List.copyOf(patterns);
    for (String pattern : copy) {
      String path = withoutEnding(pattern);
      if (!pattern.startsWith("/") || path.indexOf('*') >= 0) {
        throw new IllegalArgumentException(
            "\"%s\" is no path pattern. Examples: /health, /public/*".formatted(pattern));
      }
    }
    return path -> copy.stream().anyMatch(pattern -> matches(pattern, path));
  }

  private static String withoutEnding(String pattern) {
    return pattern.endsWith("/*") ? pattern.substring(0, pattern.length() - 2) : pattern;
  }

  private static boolean matches(String pattern, String path) {
    String base = withoutEnding(pattern);
    return path.equals(base) || (base.length() < pattern.length() && path.startsWith(base + "/"));
  }
}
