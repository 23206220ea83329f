package dev.onbehalf.spring;

import dev.onbehalf.servlet.ExemptPaths;
import java.util.Collection;
import java.util.List;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The paths that need no identity, by Spring's path patterns, such as {@code /actuator/health/**}.
 * Thread-safe.
 */
public final class ExemptPathPatterns implements ExemptPaths {
  /** Split at slashes, and nothing else: it is decoded already. */
  private static final PathContainer.Options DECODED = PathContainer.Options.create('/', false);

  private final List<PathPattern> patterns;

  /**
   * @throws org.springframework.web.util.pattern.PatternParseException if one is no path pattern
   */
  public ExemptPathPatterns(Collection<String> patterns) {
    PathPatternParser parser = new PathPatternParser();
    this.patterns = patterns.stream().map(parser::parse).toList();
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
