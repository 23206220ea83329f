package dev.onbehalf.spring;

import java.time.Instant;
import java.util.Optional;

/**
 * Is told of each connection that was lent, when it has come back: who had it, as which role. A
 * bean of this type takes the place of {@link LoggedLeaseAudit}.
 *
 * <pre>{@code
 * @Bean LeaseAudit audit(Ledger ledger) { return lease -> ledger.add(lease.role(), lease.to()); }
 * }</pre>
 *
 * <p>Called from many threads at once, on that of whoever gives back, and with {@code
 * onbehalf.audit.enabled} only; it must not block for long. What it throws is logged, and hinders
 * nobody.
 */
@FunctionalInterface
public interface LeaseAudit {
  /**
   * One lease. No SQL and no token is known to it.
   *
   * @param person the role of the person for whom the thread worked; empty for nobody's
   * @param role the role that the connection is logged in as: the person's, or the service
   *     principal's
   * @param requestId what the request's header {@code X-Request-Id} said, or the trace's number;
   *     128 printable ASCII characters at most, all others replaced; empty without a request
   */
  record Lease(
      Optional<String> person,
      String role,
      boolean servicePrincipal,
      Instant from,
      Instant to,
      Optional<String> requestId) {}

  void ended(Lease lease);
}
