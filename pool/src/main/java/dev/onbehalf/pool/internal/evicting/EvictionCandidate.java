package dev.onbehalf.pool.internal.evicting;

/**
 * An open connection as {@link EvictionPolicy} sees it. The pool's entry for a physical connection
 * extends this class, so that what the policy remembers of it costs 24 bytes and no object.
 *
 * <p>Thread-safety: {@code key} and {@code position} are guarded by the lock that guards the
 * policy. The others are written without a lock by whoever has just acquired the connection, which
 * is one thread at a time, and read by the policy; a stale or mixed reading misjudges one candidate
 * once, which does no harm.
 */
public abstract class EvictionCandidate extends OwnCacheLines {
  /** How many requests it served, its latest included; an old one counts less than 1. */
  float count;

  /** The policy's clock at its latest request. */
  int lastRequest;

  /** How far apart its latest two requests were, by that clock. */
  int gap;

  /** Requests since the policy last looked at it. */
  int unseen;

  /** Under what key its history is kept after it has been closed. */
  int key;

  /** Where it is in the policy's list of open connections; -1: nowhere. */
  int position = -1;

  /**
   * Tells whether this connection may be closed for another user now: idle, and not reserved for
   * its own user. It is called with the policy's lock held, for many candidates in one decision, so
   * it has to be cheap. The answer may be out of date when it arrives.
   *
   * @return whether it may be closed
   */
  protected abstract boolean isEvictable();
}
