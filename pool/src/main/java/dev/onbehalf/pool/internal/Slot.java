package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.UserPoolOverrides;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * One user: their connections, their waiting callers, and what is known of their logins.
 *
 * <p>Borrowers look at {@link #entries} without a lock; who gets an entry is decided by the entry's
 * own state. Everything else is guarded by the engine's lock, except where a field says otherwise.
 * A user has few connections, so looking through all of them is cheaper than any order that would
 * have to be kept.
 */
final class Slot {
  private static final Entry[] NONE = {};

  private final String user;

  /** Copied on each change, which happens under the lock. */
  private volatile Entry[] entries = NONE;

  /** How often this pool was closed: entries of an earlier epoch end. Written under the lock. */
  private volatile int epoch;

  /** What callers hold, made once. */
  private final Handle handle;

  private @Nullable LinkedHashSet<Waiter> waiters;
  private @Nullable UserPoolOverrides overrides;

  /** Physical connections, counting those being opened or closed. */
  int open;

  int loggingIn;

  /** Failed logins since the last successful one. */
  @Nullable Backoff backoff;

  /** Until when the server's "too many connections" is waited out; null when it isn't. */
  @Nullable Backoff serverFull;

  /** Whether the engine's map leads to this slot. */
  boolean known;

  /** When it was made, so that a user who never connects is forgotten in the end. */
  final long madeAt;

  Slot(String user, Engine engine, long now) {
    this.user = user;
    this.madeAt = now;
    this.handle = new Handle(engine, this);
  }

  String user() {
    return user;
  }

  Handle handle() {
    return handle;
  }

  int epoch() {
    return epoch;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock only
  void nextEpoch() {
    epoch++;
  }

  Entry[] entries() {
    return entries;
  }

  /** Leases the idle entry that was used last; null if there is none. Needs no lock. */
  @Nullable Entry lease() {
    while (true) {
      Entry newest = newestIdle();
      if (newest == null || newest.tryLease()) {
        return newest;
      }
    }
  }

  private @Nullable Entry newestIdle() {
    Entry newest = null;
    for (Entry entry : entries) {
      if (entry.isIdle() && (newest == null || entry.lastUsed() - newest.lastUsed() >= 0)) {
        newest = entry;
      }
    }
    return newest;
  }

  /** Takes the idle entry that was used least lately out of circulation; null if there is none. */
  @Nullable Entry holdOldest() {
    while (true) {
      Entry oldest = null;
      for (Entry entry : entries) {
        if (entry.isIdle() && (oldest == null || entry.lastUsed() - oldest.lastUsed() < 0)) {
          oldest = entry;
        }
      }
      if (oldest == null || oldest.tryHold()) {
        return oldest;
      }
    }
  }

  boolean hasIdle() {
    for (Entry entry : entries) {
      if (entry.isIdle()) {
        return true;
      }
    }
    return false;
  }

  void add(Entry entry) {
    Entry[] more = java.util.Arrays.copyOf(entries, entries.length + 1);
    more[entries.length] = entry;
    entries = more;
  }

  void remove(Entry entry) {
    Entry[] fewer = new Entry[entries.length - 1];
    int kept = 0;
    for (Entry other : entries) {
      if (other != entry) {
        fewer[kept++] = other;
      }
    }
    entries = kept == 0 ? NONE : fewer;
  }

  // Waiting callers, the first come first

  void enqueue(Waiter waiter) {
    if (waiters == null) {
      waiters = new LinkedHashSet<>();
    }
    waiters.add(waiter);
  }

  /** False if the waiter was served already. */
  boolean dequeue(Waiter waiter) {
    return waiters != null && waiters.remove(waiter);
  }

  @Nullable Waiter nextWaiter() {
    if (waiters == null || waiters.isEmpty()) {
      return null;
    }
    Waiter first = waiters.iterator().next();
    waiters.remove(first);
    return first;
  }

  int waiting() {
    return waiters == null ? 0 : waiters.size();
  }

  /** Whether more callers wait than logins are under way for them. */
  boolean wantsLogin() {
    return waiting() > loggingIn;
  }

  // Limits

  @Nullable UserPoolOverrides overrides() {
    return overrides;
  }

  void override(@Nullable UserPoolOverrides value) {
    overrides = value;
  }

  int maxConnections(Settings settings) {
    return overrides == null ? settings.maxConnectionsPerUser() : overrides.maxConnections();
  }

  int reserve() {
    return overrides == null ? 0 : overrides.reserve();
  }

  /** How much of the reserve isn't in use. */
  int unusedReserve() {
    return Math.max(0, reserve() - open);
  }

  boolean isGone() {
    return open == 0 && waiting() == 0 && overrides == null;
  }
}
