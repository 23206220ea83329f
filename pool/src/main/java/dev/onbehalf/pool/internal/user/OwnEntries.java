package dev.onbehalf.pool.internal.user;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One user's connections, from which borrowers lease without a lock. Who gets an entry is decided
 * by the entry's own state; entries are added and removed under the engine's lock.
 *
 * <p>A user has few connections, so looking through all of them is cheaper than any order that
 * would have to be kept. It is the upper half of a {@link Slot} and no object of its own, for that
 * would be one more look on the common path.
 */
public abstract sealed class OwnEntries permits Slot {
  private static final Entry[] NONE = {};
  private static final int HINTS = 16;

  /** Copied on each change, which happens under the lock. */
  private volatile Entry[] entries = NONE;

  /** The entry that came back last, as long as nobody contradicts; spares a look at the others. */
  private @Nullable Entry latest;

  /**
   * Which entry a thread had, by the lowest bits of its number; null while threads don't meet.
   * Races are harmless: a wrong hint is a hint at another entry of this user.
   */
  private Entry @Nullable [] hints;

  public Entry[] entries() {
    return entries;
  }

  /**
   * Leases the idle entry that was used last; null if there is none. Needs no lock.
   *
   * <p>Where threads meet at that entry, each is led back to the entry that it had before: the
   * newest is then anybody's, and what costs is to pull entries from one processor to another.
   */
  public @Nullable Entry lease() {
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
  public void forgetHints() {
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

  public void add(Entry entry) {
    Entry[] more = Arrays.copyOf(entries, entries.length + 1);
    more[entries.length] = entry;
    entries = more;
  }

  public void remove(Entry entry) {
    if (!Arrays.asList(entries).contains(entry)) {
      return;
    }
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
}
