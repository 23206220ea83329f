package dev.onbehalf.spring;

import dev.onbehalf.servlet.ExemptPaths;
import java.util.Collection;
import java.util.List;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * The paths that need no identity, by Spring's path patterns, such as {@code /actuator/health/**}.
 * Thread-safe.
 */
public final class ExemptPathPatterns implements ExemptPaths {
  /** Split at slashes, and nothing else: it is decoded already. */
  private static final PathContainer.Options DECODED = PathContainer.Options.create('/', false);

  private final List<PathPattern> patterns;

  /**
   * @throws IllegalArgumentException if one is no path pattern, or does not begin with a slash, as
   *     every path does
   */
  public ExemptPathPatterns(Collection<String> patterns) {
    this.patterns = patterns.stream().map(ExemptPathPatterns::parsed).toList();
  }

  private static PathPattern parsed(String pattern) {
    if (!pattern.startsWith("/")) {
      throw new IllegalArgumentException(
          "\"%s\" does not begin with a slash, so that no path is like it. Example: /actuator/health/**"
              .formatted(pattern));
    }
    try {
      return PathPatternParser.defaultInstance.parse(pattern);
    } catch (PatternParseException e) {
      throw new IllegalArgumentException(
          "\"%s\" is no path pattern: %s".formatted(pattern, e.getMessage()), e);
    }
  }

  @Override
  public boolean matches(String path) {
    PathContainer segments = PathContainer.parsePath(path, DECODED);
    return patterns.stream().anyMatch(pattern -> pattern.matches(segments));
  }

  @Override
  public boolean name(String path) {
    return patterns.stream()
        .anyMatch(it -> !it.hasPatternSyntax() && it.getPatternString().equals(path));
  }
}
