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
 * <p>Where two filters, for two databases, prove two people behind one request, each has one of
 * these, and a session is both of theirs. What the inner one's person owns, the outer one's may
 * claim; of what is nobody's within, nothing.
 *
 * <p>It conceals the access token itself: each wrapper more is asked some dozen times a request.
 */
final class OwnSessionRequest extends ConcealedTokenRequest {
  private static final String OWNER = OwnSessionRequest.class.getName() + ".owner";

  /** No address is empty. */
  private static final String NOBODY = "";

  private final Object maker;
  private final HttpServletResponse response;
  private final String person;
  private final @Nullable OwnSessionRequest inner;

  /** The attribute with which a session says whose it is. */
  private final String owner;

  private OwnSessionRequest(
      HttpServletRequest request,
      ForwardedHeaders forwarded,
      Object maker,
      HttpServletResponse response,
      String person,
      @Nullable OwnSessionRequest inner) {
    super(request, forwarded);
    this.maker = maker;
    this.response = response;
    this.person = person;
    this.inner = inner;
    owner = inner == null ? OWNER : inner.owner + ".outer";
  }

  /**
   * The request with a session of its person's own.
   *
   * @param concealed a request without its access token
   * @param maker who asks; a request that it made for an earlier dispatch stays as it is
   * @param person whose request it is; null for nobody's
   */
  static HttpServletRequest of(
      HttpServletRequest concealed,
      ForwardedHeaders forwarded,
      Object maker,
      HttpServletResponse response,
      @Nullable String person) {
    OwnSessionRequest nearest = nearest(concealed);
    for (OwnSessionRequest own = nearest; own != null; own = own.inner) {
      if (own.maker == maker) {
        return concealed;
      }
    }
    HttpServletRequest inner =
        concealed instanceof ConcealedTokenRequest outermost ? outermost.replaceable() : concealed;
    return new OwnSessionRequest(
        inner, forwarded, maker, response, person == null ? NOBODY : person, nearest);
  }

  private static @Nullable OwnSessionRequest nearest(ServletRequest request) {
    if (request instanceof OwnSessionRequest own) {
      return own;
    }
    return request instanceof ServletRequestWrapper wrapper ? nearest(wrapper.getRequest()) : null;
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
    return session != null && isOwn(session) ? session : null;
  }

  private boolean isOwn(HttpSession session) {
    try {
      Object said = session.getAttribute(owner);
      if (person.equals(said)) {
        return true;
      }
      if (inner == null || !inner.hasPerson() || !inner.isOwn(session)) {
        return false;
      }
      if (said == null) {
        claim(session);
      }
      return said == null || !hasPerson() || person.equals(inner.person);
    } catch (IllegalStateException endedMeanwhile) {
      return false;
    }
  }

  private boolean hasPerson() {
    return !person.equals(NOBODY);
  }

  /** Nobody claims nothing of what is a person's within. */
  private void claim(HttpSession session) {
    if (hasPerson() || inner == null || !inner.hasPerson()) {
      session.setAttribute(owner, person);
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
    claim(session);
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
