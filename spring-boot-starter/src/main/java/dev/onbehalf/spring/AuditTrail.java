package dev.onbehalf.spring;

import dev.onbehalf.pool.LeaseListener;
import dev.onbehalf.pool.UserPool;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** Adds to what the pool tells of a lease for whom the thread works, and in which request. */
public final class AuditTrail implements LeaseListener {
  private static final boolean HAS_REQUESTS =
      ClassUtils.isPresent(
          "org.springframework.web.context.request.ServletRequestAttributes",
          AuditTrail.class.getClassLoader());
  private static final String HEADER = "X-Request-Id";
  private static final String TRACE = "traceId";
  private static final int LONGEST = 128;

  private final LeaseAudit audit;
  private final Predicate<String> isServicePrincipal;
  private final Clock clock = Clock.systemUTC();

  /**
   * Tells {@code audit}.
   *
   * @param isServicePrincipal asked when a lease has ended, for a connection is there by then
   */
  public AuditTrail(LeaseAudit audit, Predicate<String> isServicePrincipal) {
    this.audit = audit;
    this.isServicePrincipal = isServicePrincipal;
  }

  @Override
  public Lease began(String role) {
    Optional<String> person =
        Optional.ofNullable(Acting.current().personOf(role)).map(UserPool::user);
    Optional<String> requestId = requestId();
    Instant from = clock.instant();
    return () ->
        audit.ended(
            new LeaseAudit.Lease(
                person, role, isServicePrincipal.test(role), from, clock.instant(), requestId));
  }

  private static Optional<String> requestId() {
    return Optional.ofNullable(HAS_REQUESTS ? Requests.header() : null)
        .or(() -> Optional.ofNullable(MDC.get(TRACE)))
        .map(AuditTrail::printable);
  }

  /** It is a stranger's text: a line break in it would begin a line of the stranger's own. */
  private static String printable(String id) {
    return id.substring(0, Math.min(LONGEST, id.length())).replaceAll("[^!-~]", "?");
  }

  /** Loaded where there are requests only. */
  private static final class Requests {
    static @Nullable String header() {
      RequestAttributes request = RequestContextHolder.getRequestAttributes();
      return request instanceof ServletRequestAttributes servlet
          ? servlet.getRequest().getHeader(HEADER)
          : null;
    }
  }
}
