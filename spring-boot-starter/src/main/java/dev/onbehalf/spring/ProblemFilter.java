package dev.onbehalf.spring;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers what {@link OnBehalfProblems} knows an answer to, wherever it happens outside Spring
 * MVC's handlers: in filters, Spring Security's among them, in servlets, and while an error page is
 * made. Thread-safe.
 */
public final class ProblemFilter extends OncePerRequestFilter {
  private final ProblemWriter problems;

  public ProblemFilter(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      chain.doFilter(request, response);
    } catch (ServletException | IOException | RuntimeException e) {
      if (!problems.answer(e, request, response)) {
        throw e;
      }
    }
  }

  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }

  @Override
  protected boolean shouldNotFilterErrorDispatch() {
    return false;
  }
}
