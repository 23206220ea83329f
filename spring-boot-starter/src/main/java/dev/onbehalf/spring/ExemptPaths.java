package dev.onbehalf.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.List;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The paths below the context path that need no identity, such as {@code /actuator/health/**}. A
 * request for one has nobody bound, so whoever finds a way to be taken for one has won nothing.
 */
public final class ExemptPaths {
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
    if (patterns.isEmpty()) {
      return false;
    }
    RequestPath path =
        ServletRequestPathUtils.hasParsedRequestPath(request)
            ? ServletRequestPathUtils.getParsedRequestPath(request)
            : ServletRequestPathUtils.parse(request);
    PathContainer within = path.pathWithinApplication();
    return patterns.stream().anyMatch(pattern -> pattern.matches(within));
  }
}
