package dev.onbehalf.spring;

import dev.onbehalf.lakebase.IdentityException;
import dev.onbehalf.lakebase.IdentityHeaders;
import dev.onbehalf.lakebase.WorkspaceUnavailableException;
import dev.onbehalf.pool.UserPool;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Binds the person behind a request to it: reads the identity that the proxy forwarded, once,
 * proves it, and unbinds it whatever happens. Without a proof the request ends here, with problem
 * details: 401 without an identity or with a token that is refused, 400 for a malformed one, 403
 * for a token that belongs to somebody else, 503 when nobody could be asked.
 *
 * <p>The proof holds for the request's later dispatches too (asynchronous, error); an error page of
 * a request that was never proved is shown with nobody bound. Thread-safe.
 */
public final class OnBehalfFilter extends OncePerRequestFilter {
  private static final String PERSON = OnBehalfFilter.class.getName() + ".person";

  private final OnBehalf onBehalf;
  private final IdentityHeaders headers;
  private final ExemptPaths exempt;
  private final OnBehalfProblems problems;

  public OnBehalfFilter(
      OnBehalf onBehalf, IdentityHeaders headers, ExemptPaths exempt, OnBehalfProblems problems) {
    this.onBehalf = onBehalf;
    this.headers = headers;
    this.exempt = exempt;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    UserPool person;
    try {
      person = person(request);
    } catch (IdentityException | WorkspaceUnavailableException e) {
      ResponseEntity<ProblemDetail> answer =
          problems.of(e).orElseThrow(() -> new IllegalStateException("No answer", e));
      ProblemResponses.write(answer, request, response);
      return;
    }
    Acting former = Acting.current();
    (person == null ? Acting.NOBODY : Acting.as(person)).begin();
    try {
      chain.doFilter(request, response);
    } finally {
      former.bind();
    }
  }

  private @Nullable UserPool person(HttpServletRequest request) {
    if (request.getDispatcherType() != DispatcherType.REQUEST) {
      return (UserPool) request.getAttribute(PERSON);
    }
    if (exempt.contain(request)) {
      return null;
    }
    UserPool person = onBehalf.prove(RequestIdentity.of(request, headers));
    request.setAttribute(PERSON, person);
    return person;
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
