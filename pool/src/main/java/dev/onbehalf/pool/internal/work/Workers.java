package dev.onbehalf.pool.internal.work;

import java.util.concurrent.Executor;

/** Who does what may block: logins, closings and checks. */
public interface Workers extends Executor {

  /**
   * Interrupts what hangs. What waits is done all the same, for it closes connections; what comes
   * later is done by whoever brings it.
   */
  void stop();
}
