package dev.onbehalf.pool.internal;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A caller that waits for a connection. Its outcome is set once, under the engine's lock; the
 * caller reads it without. {@link #insists} is guarded by that lock.
 */
final class Waiter {
  private final Thread thread = Thread.currentThread();
  private volatile @Nullable Outcome outcome;

  /** Whether it has waited long enough for another user's connection to be closed for it. */
  boolean insists;

  /** What a wait ends with. */
  sealed interface Outcome {}

  /** The entry is leased to the caller. */
  record Served(Entry entry) implements Outcome {}

  /** To be thrown in the caller's thread. */
  record Failed(Failure failure) implements Outcome {}

  @Nullable Outcome outcome() {
    return outcome;
  }

  void end(Outcome value) {
    outcome = value;
  }

  void wake() {
    LockSupport.unpark(thread);
  }

  /** Waits for the outcome; null when the time is over or the thread was interrupted. */
  @Nullable Outcome await(long deadline) {
    while (outcome == null) {
      long left = deadline - System.nanoTime();
      if (left <= 0 || Thread.currentThread().isInterrupted()) {
        return null;
      }
      LockSupport.parkNanos(this, left);
    }
    return outcome;
  }
}
