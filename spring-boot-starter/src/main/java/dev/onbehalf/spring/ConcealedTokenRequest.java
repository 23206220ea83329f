package dev.onbehalf.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/**
 * A request that lacks the header with the access token. Whatever shows a request's headers, a log,
 * an Actuator endpoint, an error report, would else show a token with which anybody is its owner.
 */
final class ConcealedTokenRequest extends HttpServletRequestWrapper {
  private final String concealed;
  private final ForwardedHeaders forwarded;

  ConcealedTokenRequest(HttpServletRequest request, String concealed, ForwardedHeaders forwarded) {
    super(request);
    this.concealed = concealed;
    this.forwarded = forwarded;
  }

  ForwardedHeaders forwarded() {
    return forwarded;
  }

  private boolean isConcealed(String name) {
    return concealed.equalsIgnoreCase(name);
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
    return Collections.enumeration(
        Collections.list(super.getHeaderNames()).stream()
            .filter(name -> !isConcealed(name))
            .toList());
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
