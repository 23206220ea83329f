package dev.onbehalf.spring;

import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.IdentityHeaders;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.pool.UserPool;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Binds the person behind a request to it: reads the identity that the proxy forwarded, once,
 * proves it, and unbinds it whatever happens. Without a proof the request ends here, with problem
 * details: 401 without an identity or with a token that is refused, 400 for a malformed one, 403
 * for a token that belongs to somebody else, 503 when nobody could be asked.
 *
 * <p>What comes after it sees a request without the access token ({@link ForwardedHeaders}), and
 * with the HTTP session of its person only; the answer to a person is stored by no cache unless the
 * application says so.
 *
 * <p>The proof holds for the request's later dispatches too (asynchronous, error); an error page of
 * a request that was never proved is shown with nobody bound. Thread-safe.
 */
public final class OnBehalfFilter extends OncePerRequestFilter {
  private static final Logger log = LoggerFactory.getLogger(OnBehalfFilter.class);
  private static final String PERSON = OnBehalfFilter.class.getName() + ".person";

  private final OnBehalf onBehalf;
  private final IdentityHeaders headers;
  private final ExemptPaths exempt;
  private final ProblemWriter problems;

  public OnBehalfFilter(
      OnBehalf onBehalf, IdentityHeaders headers, ExemptPaths exempt, ProblemWriter problems) {
    this.onBehalf = onBehalf;
    this.headers = headers;
    this.exempt = exempt;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    HttpServletRequest concealed;
    UserPool person;
    try {
      concealed = ForwardedHeaders.conceal(request, headers);
      person = person(concealed);
    } catch (IdentityException | IssuerUnavailableException e) {
      problems.refuse(e, request, response);
      return;
    } catch (RuntimeException e) {
      problems.refuse(unreadable(e), request, response);
      return;
    }
    Acting former = Acting.current();
    (person == null ? Acting.NOBODY : Acting.as(person)).begin();
    try {
      HttpServletResponse answer = person == null ? response : PersonalResponse.of(response);
      String user = person == null ? null : person.user();
      chain.doFilter(OwnSessionRequest.of(concealed, answer, user), answer);
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
    UserPool person = onBehalf.prove(ForwardedHeaders.of(request).orElseThrow().identity());
    request.setAttribute(PERSON, person);
    return person;
  }

  /**
   * Whatever fails while nobody is proved yet is a refusal. One line tells of it, with nothing of
   * what was sent, so that strangers can neither fill the log nor write into it.
   */
  private static IdentityException unreadable(RuntimeException e) {
    log.warn(
        "A request whose identity could not be read is refused: {} at {}",
        e.getClass().getName(),
        Arrays.stream(e.getStackTrace()).findFirst().map(Object::toString).orElse("no line"));
    return new IdentityException(
        Reason.MALFORMED, "The request's identity could not be read. Sign in again.");
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
