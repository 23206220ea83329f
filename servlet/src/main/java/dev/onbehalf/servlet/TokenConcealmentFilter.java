package dev.onbehalf.servlet;

import dev.onbehalf.identity.IdentityHeaders;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * Takes the access token out of a request before any other filter sees it. {@link OnBehalfFilter}
 * does it too, and proves; where other filters stand in front of that one, this stands in front of
 * them. Thread-safe.
 *
 * <pre>{@code
 * FilterHolder concealment = new FilterHolder(new TokenConcealmentFilter(IdentityHeaders.STANDARD));
 * context.addFilter(concealment, "/*", EnumSet.allOf(DispatcherType.class)); // the first of all
 * }</pre>
 */
public final class TokenConcealmentFilter implements Filter {
  private final IdentityHeaders headers;

  public TokenConcealmentFilter(IdentityHeaders headers) {
    this.headers = headers;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    chain.doFilter(
        request instanceof HttpServletRequest http
            ? ForwardedHeaders.conceal(http, headers)
            : request,
        response);
  }
}
