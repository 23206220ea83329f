package dev.onbehalf.playground;

import dev.onbehalf.pool.Observer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Times each request, and hears from the pool, on the request's thread, what it waited for. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE) // the proof of identity counts
class CostMeter extends OncePerRequestFilter implements Observer {
  private static final ThreadLocal<@Nullable RequestCost> CURRENT = new ThreadLocal<>();

  /** Of the request on this thread. */
  static Optional<RequestCost> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    CURRENT.set(new RequestCost());
    try {
      chain.doFilter(request, response);
    } finally {
      CURRENT.remove();
    }
  }

  @Override
  public boolean hearsLeases() {
    return true;
  }

  @Override
  public void leased(long nanos, boolean opened) {
    current().ifPresent(cost -> cost.leased(nanos, opened));
  }
}
