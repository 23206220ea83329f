package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolOverrides;
import java.sql.SQLException;
import java.util.Arrays;
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
  private static final int HINTS = 16;

  private final String user;

  /** Copied on each change, which happens under the lock. */
  private volatile Entry[] entries = NONE;

  /** How often this pool was closed: entries of an earlier epoch end. Written under the lock. */
  private volatile int epoch;

  /** The entry that came back last, as long as nobody contradicts; spares a look at the others. */
  private @Nullable Entry latest;

  /**
   * Which entry a thread had, by the lowest bits of its number; null while threads don't meet.
   * Races are harmless: a wrong hint is a hint at another entry of this user.
   */
  private Entry @Nullable [] hints;

  /** What callers hold, made once. */
  private final Handle handle;

  private @Nullable LinkedHashSet<Waiter> waiters;

  /** How many wait. Written under the lock. */
  private volatile int waiting;

  /** How many of them insist. */
  private int insisting;

  /** Written under the lock. */
  private volatile @Nullable UserPoolOverrides overrides;

  /** Physical connections, counting those being opened or closed. */
  int open;

  /** How many of them were evicted: they are still being closed, their places are others'. */
  int leaving;

  /** Logins under way for this pool as it is; those from before it was closed serve nobody. */
  int loggingIn;

  /** How many idle connections are being checked for callers. */
  int checking;

  /** With what the next login is made, once it has been asked for; kept while one is wanted. */
  @Nullable Secret credential;

  /** Whether the credential is being asked for, or stands in the queue for that. */
  boolean asking;

  /** Whether somebody is about to ask for the first connection. Guarded by the engine's lock. */
  boolean prewarm;

  /** Failed logins since the last successful one. */
  @Nullable Backoff backoff;

  /** Whether the engine's map leads to this slot. */
  boolean known;

  /** When it was made, so that a user who never connects is forgotten in the end. */
  long madeAt;

  /** The neighbours in {@link UsersByAge}. */
  @Nullable Slot older;

  @Nullable Slot newer;

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
    loggingIn = 0;
    asking = false;
    credential = null;
  }

  Entry[] entries() {
    return entries;
  }

  /**
   * Leases the idle entry that was used last; null if there is none. Needs no lock.
   *
   * <p>Where threads meet at that entry, each is led back to the entry that it had before: the
   * newest is then anybody's, and what costs is to pull entries from one processor to another.
   */
  @Nullable Entry lease() {
    Entry[] led = hints;
    if (led == null) {
      return leaseNewest();
    }
    int place = (int) Thread.currentThread().getId() & (HINTS - 1);
    Entry hint = led[place];
    if (hint != null && hint.tryLease()) {
      return hint;
    }
    Entry other = leaseOldest();
    if (other != null) {
      led[place] = other;
    }
    return other;
  }

  /** The oldest is the one that no other thread is led to. */
  private @Nullable Entry leaseOldest() {
    Entry oldest = oldestIdle();
    while (oldest != null && !oldest.tryLease()) {
      oldest = oldestIdle();
    }
    return oldest;
  }

  private @Nullable Entry leaseNewest() {
    Entry newest = latest;
    if (newest == null || !newest.isIdle()) {
      newest = newestIdle();
    }
    while (newest != null && !newest.tryLease()) {
      if (hints == null) {
        hints = new Entry[HINTS];
      }
      newest = newestIdle();
    }
    return newest;
  }

  /** An entry is about to become idle. */
  void returning(Entry entry) {
    if (latest != entry && hints == null) {
      latest = entry;
    }
  }

  /** Lets go of the hints; if threads still meet, they come again. */
  void forgetHints() {
    if (hints != null) {
      latest = null;
      hints = null;
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

  private @Nullable Entry oldestIdle() {
    Entry oldest = null;
    for (Entry entry : entries) {
      if (entry.isIdle() && (oldest == null || entry.lastUsed() - oldest.lastUsed() < 0)) {
        oldest = entry;
      }
    }
    return oldest;
  }

  void add(Entry entry) {
    Entry[] more = Arrays.copyOf(entries, entries.length + 1);
    more[entries.length] = entry;
    entries = more;
  }

  void remove(Entry entry) {
    latest = null;
    hints = null; // a handle that somebody keeps must not keep closed connections
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
    waiting = waiters.size();
  }

  /** False if the waiter was served already. */
  boolean dequeue(Waiter waiter) {
    if (waiters == null || !waiters.remove(waiter)) {
      return false;
    }
    if (waiter.insists) {
      insisting--;
    }
    waiting = waiters.size();
    if (waiting == 0) {
      waiters = null; // a set costs more than the rest of a user
    }
    return true;
  }

  @Nullable Waiter nextWaiter() {
    if (waiters == null) {
      return null;
    }
    Waiter first = waiters.iterator().next();
    dequeue(first);
    return first;
  }

  /** False if the waiter was served already. */
  boolean insist(Waiter waiter) {
    if (waiters == null || !waiters.contains(waiter)) {
      return false;
    }
    if (!waiter.insists) {
      waiter.insists = true;
      insisting++;
    }
    return true;
  }

  /** May be read without the lock. */
  int waiting() {
    return waiting;
  }

  /**
   * Whether more callers wait than logins and checks are under way for them. Who has waited longer
   * than a login takes does not count on a check any more.
   */
  boolean wantsLogin() {
    return waiting > loggingIn + checking || insisting > loggingIn || isToBeWarmed();
  }

  /** Whether a login is to be made before anybody asks. */
  private boolean isToBeWarmed() {
    return open < warm() || (prewarm && open == 0);
  }

  /** How many connections are kept though nobody uses them. */
  int warm() {
    UserPoolOverrides own = overrides;
    return own == null ? 0 : own.warm();
  }

  /**
   * Whether another user's connection may be closed for the next login: this user has no place at
   * all, or more callers insist than logins are under way for them.
   */
  boolean mayEvict() {
    return open == 0 || insisting > loggingIn;
  }

  // Pauses

  /** Nanoseconds until logins may be tried again, after failed ones; 0 or less if they may. */
  long pauseLeft(long now) {
    return backoff == null ? 0 : backoff.until() - now;
  }

  boolean isPaused(long now) {
    return backoff != null && backoff.isActive(now);
  }

  /** Whether a login was refused a moment ago, and no connection is left to wait for. */
  boolean isRefused(long now) {
    return isPaused(now) && entries.length == 0;
  }

  /** Why the last login failed, unless one has succeeded since. */
  @Nullable SQLException loginFailure() {
    return backoff == null ? null : backoff.cause();
  }

  // Limits

  @Nullable UserPoolOverrides overrides() {
    return overrides;
  }

  void override(@Nullable UserPoolOverrides value) {
    overrides = value;
  }

  int maxConnections(Settings settings) {
    UserPoolOverrides own = overrides;
    return own == null ? settings.maxConnectionsPerUser() : own.maxConnections();
  }

  /** Whether one more caller may wait. */
  boolean mayWait(Settings settings) {
    return waiting < settings.maxWaitersPerUser() || overrides != null;
  }

  int reserve() {
    UserPoolOverrides own = overrides;
    return own == null ? 0 : own.reserve();
  }

  boolean allowRlsBypass(Settings settings) {
    UserPoolOverrides own = overrides;
    return settings.allowRlsBypass() || (own != null && own.allowRlsBypass());
  }

  /** How much of the reserve isn't in use. */
  int unusedReserve() {
    return Math.max(0, reserve() - places());
  }

  /** Whether another user may have a place of this one's. */
  boolean canSpareOne() {
    return places() > reserve();
  }

  private int places() {
    return open - leaving;
  }

  boolean isGone(long now) {
    return open == 0 && waiting == 0 && overrides == null && !isPaused(now);
  }
}
