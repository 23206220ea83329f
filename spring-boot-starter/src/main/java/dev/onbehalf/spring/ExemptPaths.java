package dev.onbehalf.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The paths below the context path that need no identity, such as {@code /actuator/health/**}. A
 * request for one has nobody bound, so whoever finds a way to be taken for one has won nothing.
 *
 * <p>What counts is the path that the server dispatches on, which it has decoded and normalised,
 * with path parameters taken out. A path that the server had to make another one for that is never
 * exempt: with dot segments, empty segments, parameters, or these in an encoded form (RFC 3986,
 * 6.2.2.3; Jakarta Servlet 6.1, 3.5.2, "URI Path Canonicalization").
 */
public final class ExemptPaths {
  /** Split at slashes, and nothing else: it is decoded already. */
  private static final PathContainer.Options DECODED = PathContainer.Options.create('/', false);

  private final List<PathPattern> patterns;

  /**
   * @throws org.springframework.web.util.pattern.PatternParseException if one is no path pattern
   */
  public ExemptPaths(Collection<String> patterns) {
    PathPatternParser parser = new PathPatternParser();
    this.patterns = patterns.stream().map(parser::parse).toList();
  }

  /** Whether {@code request} is for one of them. */
  public boolean contain(HttpServletRequest request) {
    HttpServletRequest servers = (HttpServletRequest) Sender.servers(request);
    if (patterns.isEmpty() || !isPlain(servers.getRequestURI())) {
      return false;
    }
    String dispatched =
        servers.getServletPath() + Objects.requireNonNullElse(servers.getPathInfo(), "");
    PathContainer path = PathContainer.parsePath(dispatched, DECODED);
    return patterns.stream().anyMatch(pattern -> pattern.matches(path));
  }

  /** Whether a path means what it says, whoever reads it. */
  static boolean isPlain(String path) {
    int segment = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '/') {
        if (isOdd(path, segment, i) || (i > 0 && segment == i)) {
          return false;
        }
        segment = i + 1;
      } else if (c == '%') {
        if (!isPlainOctet(path, i + 1)) {
          return false;
        }
      } else if (c <= ' ' || c > '~' || c == ';' || c == '\\') {
        return false;
      }
    }
    return !isOdd(path, segment, path.length());
  }

  /** A dot segment. */
  private static boolean isOdd(String path, int start, int end) {
    return (end - start == 1 && path.charAt(start) == '.')
        || (end - start == 2 && path.startsWith("..", start));
  }

  /** An encoded octet that is neither a separator, nor a dot, nor the beginning of another one. */
  private static boolean isPlainOctet(String path, int start) {
    if (start + 2 > path.length()) {
      return false;
    }
    int high = Character.digit(path.charAt(start), 16);
    int low = Character.digit(path.charAt(start + 1), 16);
    int octet = high * 16 + low;
    return high >= 0 && low >= 0 && octet >= ' ' && octet != 0x7f && "./\\;%".indexOf(octet) < 0;
  }
}
