package dev.onbehalf.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * The paths below the context path that need no identity. A request for one has nobody bound: no
 * person's rights, and whatever the application does there as itself.
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

  /** Whether such a path is named itself, and not by a pattern for many. */
  default boolean name(String path) {
    return false;
  }

  /**
   * Whether {@code request} is for one of them. A servlet that the server finds by an extension,
   * such as {@code *.do}, is below every prefix: so its paths have to be named one by one.
   */
  default boolean contain(HttpServletRequest request) {
    HttpServletRequest servers = (HttpServletRequest) Sender.servers(request);
    String sent = servers.getRequestURI();
    if (sent == null || !PlainPath.is(sent)) {
      return false;
    }
    String path = servers.getServletPath() + Objects.requireNonNullElse(servers.getPathInfo(), "");
    boolean byExtension =
        servers.getHttpServletMapping().getMappingMatch() == MappingMatch.EXTENSION;
    return byExtension ? name(path) : matches(path);
  }

  /** None: every request needs an identity. */
  static ExemptPaths none() {
    return new ExemptPaths() {
      @Override
      public boolean matches(String path) {
        return false;
      }

      @Override
      public boolean contain(HttpServletRequest request) {
        return false;
      }
    };
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
    return new ExemptPaths() {
      @Override
      public boolean matches(String path) {
        return copy.stream().anyMatch(pattern -> ExemptPaths.matches(pattern, path));
      }

      @Override
      public boolean name(String path) {
        return copy.contains(path);
      }
    };
  }

  private static String withoutEnding(String pattern) {
    return pattern.endsWith("/*") ? pattern.substring(0, pattern.length() - 2) : pattern;
  }

  private static boolean matches(String pattern, String path) {
    String base = withoutEnding(pattern);
    return path.equals(base) || (base.length() < pattern.length() && path.startsWith(base + "/"));
  }
}
