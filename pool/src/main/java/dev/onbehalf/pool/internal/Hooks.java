package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.LeaseGuard;
import dev.onbehalf.pool.LeaseListener;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.pool.SessionInitializer;
import java.sql.SQLException;
import java.util.function.Predicate;

/** Code of the application's that the pool calls; the meaning of each is told by the builder. */
public record Hooks(
    Observer observer,
    SessionInitializer initializer,
    Predicate<SQLException> fatalErrors,
    LeaseGuard leaseGuard,
    LeaseListener leases) {
  public static final Hooks NONE =
      new Hooks(
          Observer.NOBODY,
          SessionInitializer.NONE,
          error -> false,
          LeaseGuard.NONE,
          LeaseListener.NOBODY);
}
