package dev.onbehalf.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;

/**
 * A request that meets the HTTP session of its own person, or none. A browser keeps a session's id
 * when somebody else signs in at the proxy, and an id can be stolen or planted: whatever another
 * person, or nobody, left in the session is not this one's.
 *
 * <p>To a request that isn't its {@link SessionOwner}'s, a session does not exist; a request that
 * needs one ends it and gets a new one, with a new id.
 *
 * <p>A wrapper around this, such as Spring Session's, may have sessions of its own, and a later
 * dispatch of the request wraps it anew. There one more of these goes around, for the same owner.
 *
 * <p>It conceals the access token itself: each wrapper more is asked some dozen times a request.
 */
final class OwnSessionRequest extends ConcealedTokenRequest {
  private final OnBehalfFilter maker;
  private final HttpServletResponse response;
  private final SessionOwner owner;

  private OwnSessionRequest(
      HttpServletRequest request,
      ForwardedHeaders forwarded,
      OnBehalfFilter maker,
      HttpServletResponse response,
      SessionOwner owner) {
    super(request, forwarded);
    this.maker = maker;
    this.response = response;
    this.owner = owner;
  }

  /**
   * The request with a session of its person's own.
   *
   * @param concealed a request without its access token
   * @param maker who asks; a request that is one of its own but for wrappers of ours stays as it is
   * @param person whose request it is; null for nobody's
   */
  static HttpServletRequest of(
      HttpServletRequest concealed,
      ForwardedHeaders forwarded,
      OnBehalfFilter maker,
      HttpServletResponse response,
      @Nullable String person) {
    if (isGuarded(concealed, maker)) {
      return concealed;
    }
    HttpServletRequest inner =
        concealed instanceof ConcealedTokenRequest outermost && outermost.forwarded() == forwarded
            ? outermost.replaceable()
            : concealed;
    return new OwnSessionRequest(
        inner, forwarded, maker, response, owner(concealed, maker, person));
  }

  private static boolean isGuarded(ServletRequest request, OnBehalfFilter maker) {
    return request instanceof ConcealedTokenRequest ours
        && ((ours instanceof OwnSessionRequest own && own.maker == maker)
            || isGuarded(ours.getRequest(), maker));
  }

  /** The one that this maker has named already, else one around whoever is named nearest. */
  private static SessionOwner owner(
      HttpServletRequest concealed, OnBehalfFilter maker, @Nullable String person) {
    SessionOwner nearest = null;
    ServletRequest request = concealed;
    while (request instanceof ServletRequestWrapper wrapper) {
      if (request instanceof OwnSessionRequest own) {
        if (own.maker == maker) {
          return own.owner;
        }
        nearest = nearest == null ? own.owner : nearest;
      }
      request = wrapper.getRequest();
    }
    return new SessionOwner(person, nearest);
  }

  @Override
  HttpServletRequest replaceable() {
    return this;
  }

  @Override
  public HttpSession getSession() {
    HttpSession own = own();
    return own == null ? make() : own;
  }

  @Override
  public @Nullable HttpSession getSession(boolean create) {
    HttpSession own = own();
    return own == null && create ? make() : own;
  }

  private @Nullable HttpSession own() {
    HttpSession session = super.getSession(false);
    return session != null && owner.owns(session) ? session : null;
  }

  private HttpSession make() {
    HttpSession others = super.getSession(false);
    if (others != null) {
      if (response.isCommitted()) {
        throw new IllegalStateException(
            "The response is committed, too late for the cookie of a session of one's own");
      }
      end(others);
    }
    HttpSession session = super.getSession(true);
    owner.claim(session);
    return session;
  }

  /** Of the server's own request, the token and anybody's session would be seen. */
  @Override
  public AsyncContext startAsync() {
    return startAsync(this, response);
  }

  @Override
  public @Nullable String getRequestedSessionId() {
    return isOthers() ? null : super.getRequestedSessionId();
  }

  @Override
  public boolean isRequestedSessionIdValid() {
    return !isOthers() && super.isRequestedSessionIdValid();
  }

  /** What is told of its end, such as a bean of the session's scope, works for nobody's request. */
  private void end(HttpSession session) {
    try (Binding.Bound nobody = maker.bindNobody()) {
      session.invalidate();
    } catch (IllegalStateException endedMeanwhile) {
      // By another request, which wanted the same.
    }
  }

  @Override
  public String changeSessionId() {
    if (own() == null) {
      throw new IllegalStateException("This request has no session whose id could change");
    }
    return super.changeSessionId();
  }

  private boolean isOthers() {
    return super.getSession(false) != null && own() == null;
  }
}
