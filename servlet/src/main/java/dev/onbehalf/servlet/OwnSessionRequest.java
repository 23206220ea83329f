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
 * <p>A session says itself whose it is, from the moment it is made. To a request that isn't theirs
 * it does not exist; a request that needs one ends it and gets a new one, with a new id. A session
 * that doesn't say whose it is was made, or emptied, past this, and is nobody's to meet.
 *
 * <p>It conceals the access token itself: each wrapper more is asked some dozen times a request.
 */
final class OwnSessionRequest extends ConcealedTokenRequest {
  private static final String OWNER = OwnSessionRequest.class.getName() + ".owner";

  /** No address is empty. */
  private static final String NOBODY = "";

  private final HttpServletResponse response;
  private final String person;

  private OwnSessionRequest(
      HttpServletRequest request,
      ForwardedHeaders forwarded,
      HttpServletResponse response,
      @Nullable String person) {
    super(request, forwarded);
    this.response = response;
    this.person = person == null ? NOBODY : person;
  }

  /**
   * The request with a session of its person's own.
   *
   * @param concealed a request without its access token
   * @param person whose request it is; null for nobody's
   * @return the request itself where another filter, for another database, keeps its session apart
   */
  static HttpServletRequest of(
      HttpServletRequest concealed,
      ForwardedHeaders forwarded,
      HttpServletResponse response,
      @Nullable String person) {
    for (ServletRequest inner = concealed;
        inner instanceof ServletRequestWrapper wrapper;
        inner = wrapper.getRequest()) {
      if (inner instanceof OwnSessionRequest) {
        return concealed;
      }
    }
    HttpServletRequest inner =
        concealed instanceof ConcealedTokenRequest outermost ? outermost.replaceable() : concealed;
    return new OwnSessionRequest(inner, forwarded, response, person);
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
    return session != null && person.equals(owner(session)) ? session : null;
  }

  private static @Nullable Object owner(HttpSession session) {
    try {
      return session.getAttribute(OWNER);
    } catch (IllegalStateException endedMeanwhile) {
      return null;
    }
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
    session.setAttribute(OWNER, person);
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

  private static void end(HttpSession session) {
    try {
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
