package dev.onbehalf.pool.internal.user;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A caller that waits for a connection. Its outcome is set once, under the engine's lock; the
 * caller reads it without. {@link #insists} and since when it waits are guarded by that lock.
 */
public final class Waiter {
  private final Thread thread = Thread.currentThread();
  private volatile @Nullable Outcome outcome;

  /** Whether it has waited long enough for another user's connection to be closed for it. */
  boolean insists;

  /** When it began, as the engine counts time. */
  private long since;

  private volatile boolean abandoned;

  /** What a wait ends with. */
  public sealed interface Outcome {}

  /** The entry is leased to the caller. */
  public record Served(Entry entry) implements Outcome {}

  /** To be thrown in the caller's thread. */
  public record Failed(Failure failure) implements Outcome {}

  public void beganAt(long now) {
    since = now;
  }

  long since() {
    return since;
  }

  public @Nullable Outcome outcome() {
    return outcome;
  }

  public void end(Outcome value) {
    outcome = value;
  }

  /** The caller's stack or memory has run out: nobody will look at the outcome. */
  public void abandon() {
    abandoned = true;
  }

  boolean isAbandoned() {
    return abandoned;
  }

  public void wake() {
    LockSupport.unpark(thread);
  }

  /** Waits for the outcome; null when the time is over or the thread was interrupted. */
  public @Nullable Outcome await(long deadline) {
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
