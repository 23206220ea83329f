package dev.onbehalf.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Answers what {@link OnBehalfProblems} knows an answer to, after the application's own exception
 * handlers had their turn.
 */
public final class ProblemResolver implements HandlerExceptionResolver, Ordered {
  private final OnBehalfProblems problems;

  public ProblemResolver(OnBehalfProblems problems) {
    this.problems = problems;
  }

  @Override
  public @Nullable ModelAndView resolveException(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Object handler,
      Exception failure) {
    if (response.isCommitted()) {
      return null;
    }
    Optional<ResponseEntity<ProblemDetail>> answer = problems.of(failure);
    if (answer.isEmpty()) {
      return null;
    }
    try {
      response.resetBuffer();
      ProblemResponses.write(answer.get(), request, response);
      return new ModelAndView(); // all is written
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }
}
