package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.LeaseListener;
import dev.onbehalf.pool.internal.PoolLog;
import org.slf4j.Logger;

/** Stands before a listener, so that one that fails hinders no lease. */
final class WaryListener {
  private static final Logger log = PoolLog.LOG;

  private final LeaseListener listener;

  WaryListener(LeaseListener listener) {
    this.listener = listener;
  }

  boolean hears() {
    return listener != LeaseListener.NOBODY;
  }

  LeaseListener.Lease began(String user) {
    try {
      LeaseListener.Lease lease = listener.began(user);
      return () -> end(lease);
    } catch (RuntimeException | Error e) {
      tell(e);
      return () -> {};
    }
  }

  private static void end(LeaseListener.Lease lease) {
    try {
      lease.ended();
    } catch (RuntimeException | Error e) {
      tell(e);
    }
  }

  private static void tell(Throwable failure) {
    try {
      log.warn("The lease listener failed", failure);
    } catch (RuntimeException | Error e) {
      // the log failed as well
    }
  }
}
