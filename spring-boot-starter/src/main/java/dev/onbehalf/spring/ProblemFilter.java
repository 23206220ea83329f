package dev.onbehalf.spring;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Answers what {@link OnBehalfProblems} knows an answer to, wherever it happens outside Spring
 * MVC's handlers: in filters, Spring Security's among them, in servlets, and while an error page is
 * made. Thread-safe.
 */
public final class ProblemFilter implements Filter {
  private final ProblemWriter problems;

  public ProblemFilter(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      chain.doFilter(request, response);
    } catch (ServletException | IOException | RuntimeException e) {
      boolean answered =
          request instanceof HttpServletRequest asked
              && response instanceof HttpServletResponse answer
              && problems.answer(e, asked, answer);
      if (!answered) {
        throw e;
      }
    }
  }
}
