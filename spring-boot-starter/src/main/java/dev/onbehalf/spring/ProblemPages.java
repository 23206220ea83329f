package dev.onbehalf.spring;

import dev.onbehalf.servlet.Problem;
import dev.onbehalf.servlet.ProblemWriter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;

/**
 * Shows a problem as the application's own error page, of which its {@code type}, {@code title},
 * {@code detail} and {@code user} are attributes ({@link ProblemErrorAttributes}). Thread-safe.
 */
public final class ProblemPages implements ProblemWriter.Page {
  private static final String PROBLEM = ProblemPages.class.getName() + ".problem";

  @Override
  public boolean show(Problem problem, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    // The error page's own failure has no further page.
    if (request.getDispatcherType() == DispatcherType.ERROR || !asksForPage(request)) {
      return false;
    }
    request.setAttribute(PROBLEM, problem);
    response.sendError(problem.status());
    return true;
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
  static @Nullable Problem problemOf(ServletRequest request) {
    return (Problem) request.getAttribute(PROBLEM);
  }

  /** Whether {@code request} is for the page of a problem, and no longer what was asked for. */
  public static boolean isFor(HttpServletRequest request) {
    return request.getDispatcherType() == DispatcherType.ERROR && problemOf(request) != null;
  }
}
