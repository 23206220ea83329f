package dev.onbehalf.spring;

import dev.onbehalf.pool.UserPool;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Marks what failed within {@link OnBehalf#asServicePrincipal} or {@code asUser} with whom it ran
 * as. Who answers it is outside again, where somebody else is bound, and must not advise to give
 * rights to them that the other lacks.
 */
final class RanAs extends Exception {
  private static final long serialVersionUID = 1L;

  /** Null for the service principal. */
  private final @Nullable String user;

  private RanAs(Acting acting) {
    super("This ran as " + acting, null, false, false);
    UserPool person = acting.person();
    user = acting.servicePrincipal() || person == null ? null : person.user();
  }

  /** Whoever ran it innermost is whom it concerns. */
  static void mark(Throwable failure, Acting acting) {
    if (of(failure).isEmpty()) {
      failure.addSuppressed(new RanAs(acting));
    }
  }

  /** Empty where it ran as whoever is bound still. */
  static Optional<RanAs> of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      for (Throwable suppressed : cause.getSuppressed()) {
        if (suppressed instanceof RanAs mark) {
          return Optional.of(mark);
        }
      }
    }
    return Optional.empty();
  }

  /** Empty for the service principal. */
  Optional<String> user() {
    return Optional.ofNullable(user);
  }
}
