package dev.onbehalf.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that lacks the header with the access token. Whatever shows a request's headers, a log,
 * an Actuator endpoint, an error report, would else show a token with which anybody is its owner.
 */
class ConcealedTokenRequest extends HttpServletRequestWrapper {
  private final ForwardedHeaders forwarded;

  ConcealedTokenRequest(HttpServletRequest request, ForwardedHeaders forwarded) {
    super(request);
    this.forwarded = forwarded;
  }

  final ForwardedHeaders forwarded() {
    return forwarded;
  }

  /** What a wrapper that conceals the same can wrap in the place of this one. */
  HttpServletRequest replaceable() {
    return (HttpServletRequest) getRequest();
  }

  private boolean isConcealed(String name) {
    return forwarded.concealed().equalsIgnoreCase(name);
  }

  @Override
  public @Nullable String getHeader(String name) {
    return isConcealed(name) ? null : super.getHeader(name);
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    return isConcealed(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
  }

  @Override
  public Enumeration<String> getHeaderNames() {
    List<String> names = Collections.list(super.getHeaderNames());
    names.removeIf(this::isConcealed);
    return Collections.enumeration(names);
  }

  /** It would send the server's own headers. */
  @Override
  @SuppressWarnings("deprecation") // ours is not to be used either
  public jakarta.servlet.http.@Nullable PushBuilder newPushBuilder() {
    return null;
  }

  @Override
  public int getIntHeader(String name) {
    return isConcealed(name) ? -1 : super.getIntHeader(name);
  }

  @Override
  public long getDateHeader(String name) {
    return isConcealed(name) ? -1 : super.getDateHeader(name);
  }
}
