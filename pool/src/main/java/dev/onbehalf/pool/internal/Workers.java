package dev.onbehalf.pool.internal;

import java.util.concurrent.Executor;

/** Who does what may block: logins, closings and checks. */
interface Workers extends Executor {

  /** Interrupts what hangs. What comes later is done by whoever brings it. */
  void stop();
}
