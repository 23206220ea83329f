package dev.onbehalf.spring;

import dev.onbehalf.servlet.ProblemWriter;
import dev.onbehalf.servlet.Problems;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Answers what {@link Problems} know an answer to, after the application's own exception handlers
 * had their turn.
 */
public final class ProblemResolver implements HandlerExceptionResolver, Ordered {
  private final ProblemWriter problems;

  public ProblemResolver(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  public @Nullable ModelAndView resolveException(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Object handler,
      Exception failure) {
    try {
      return problems.answer(failure, request, response) ? new ModelAndView() : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }
}
