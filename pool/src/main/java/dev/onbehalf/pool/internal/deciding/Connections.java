package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.deciding.Call.Checking;
import dev.onbehalf.pool.internal.deciding.Call.Cleaning;
import dev.onbehalf.pool.internal.deciding.Call.Closing;
import dev.onbehalf.pool.internal.deciding.Call.LoggingIn;
import dev.onbehalf.pool.internal.deciding.Counters.Cause;
import dev.onbehalf.pool.internal.evicting.EvictionPolicy;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Slot;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All connections that are neither being opened nor closed, and what the pool begins with one that
 * it holds: to check it, to clean it, to close it. Serves nobody. Guarded by the engine's lock.
 */
public final class Connections {
  private final Settings settings;
  private final EvictionPolicy policy;
  private final Counters counters;
  private final RecentEvictions evictions;
  private final Calls calls;

  Connections(
      Settings settings,
      EvictionPolicy policy,
      Counters counters,
      RecentEvictions evictions,
      Calls calls) {
    this.settings = settings;
    this.policy = policy;
    this.counters = counters;
    this.evictions = evictions;
    this.calls = calls;
  }

  public List<Entry> all() {
    return policy.open().stream().map(Entry.class::cast).toList();
  }

  boolean has(Entry entry) {
    return policy.has(entry);
  }

  void opened(Entry entry) {
    entry.slot().add(entry);
    know(entry);
  }

  private void know(Entry entry) {
    Slot slot = entry.slot();
    policy.opened(entry, EvictionPolicy.key(slot.user(), slot.entries().length));
  }

  /** Sees to it that a connection which stands in one list stands in both. */
  void complete(Iterable<Slot> slots) {
    for (Slot slot : slots) {
      for (Entry entry : slot.entries()) {
        if (!has(entry)) {
          know(entry);
        }
      }
    }
    for (Entry entry : all()) {
      if (!List.of(entry.slot().entries()).contains(entry)) {
        entry.slot().add(entry);
      }
    }
  }

  /** Asks an entry, which is HELD, whether it works, for a caller who waits or before it is due. */
  void check(Entry entry, boolean awaited, long now, Todo todo) {
    if (awaited) {
      entry.slot().checkBegun();
    }
    calls.begin(new Checking(entry, awaited), now, todo);
  }

  /** Keeps an idle entry alive, unless that has to wait for others. */
  void keepAlive(Entry entry, long now, Todo todo) {
    if (calls.mayKeepAlive() && entry.tryHold()) {
      check(entry, false, now, todo);
    }
  }

  /** Has an entry, which is HELD, cleaned by a worker. */
  public void clean(Entry entry, Runnable work, long now, Todo todo) {
    calls.begin(new Cleaning(entry, work), now, todo);
  }

  /** An entry, held by the pool, leaves its slot; its place counts until it is closed. */
  void close(Entry entry, Cause cause, long now, Todo todo) {
    begin(closing(entry, false, null, now), entry, cause, now, todo);
  }

  /** As above, for the reason that it can't serve any more. */
  public void close(Entry entry, long now, Todo todo) {
    close(entry, causeOf(entry), now, todo);
  }

  /** As {@link #close}, for one that somebody may be using. */
  void abort(Entry entry, Cause cause, long now, Todo todo) {
    begin(closing(entry, true, null, now), entry, cause, now, todo);
  }

  /** Closes an entry, held by the pool, for another user's login. */
  void evict(Entry entry, LoggingIn login, long now, Todo todo) {
    begin(closing(entry, false, login, now), entry, Cause.BUDGET, now, todo);
  }

  private static Closing closing(
      Entry entry, boolean abort, @Nullable LoggingIn successor, long now) {
    return new Closing(entry.slot(), entry.number(), entry.driver(), abort, successor, now);
  }

  /**
   * Takes the idle connection least worth keeping from another user, reserves excepted. One whose
   * own callers wait is taken only for who has none at all, lest those starve.
   */
  @Nullable Entry victimFor(Slot slot) {
    Entry victim = victim(Entry::isEvictable);
    return victim == null && slot.open() == 0 ? victim(Entry::canBeSpared) : victim;
  }

  /**
   * Closes idle connections until no more than {@code excess} places too many are in use, the least
   * worth keeping first, reserves last and only where nothing at all may be kept.
   */
  void giveBack(int excess, boolean all, long now, Todo todo) {
    for (int left = excess - calls.freeing(); left > 0; left--) {
      Entry victim = victim(Entry::isEvictable);
      if (victim == null) {
        victim = victim(all ? Entry::isIdle : Entry::canBeSpared);
      }
      if (victim == null) {
        return; // the next ones that come back
      }
      close(victim, Cause.BUDGET, now, todo);
    }
  }

  private @Nullable Entry victim(Predicate<Entry> evictable) {
    while (true) {
      Entry victim = (Entry) policy.victim(candidate -> evictable.test((Entry) candidate));
      if (victim == null || victim.tryHold()) {
        return victim;
      }
    }
  }

  /** Closes what is idle and may not serve again. */
  void closeUnfit(Slot slot, long now, Todo todo) {
    for (Entry entry : slot.entries()) {
      if (!entry.isFit(now) && entry.tryHold()) {
        close(entry, now, todo);
      }
    }
  }

  /** Of what a user has beyond their maximum, idle ones close now, those in use on their return. */
  void keepMaximum(Slot slot, long now, Todo todo) {
    int excess = -slot.maxConnections(settings);
    for (Entry entry : slot.entries()) {
      excess += entry.isFit(now) ? 1 : 0;
    }
    for (Entry entry : slot.entries()) {
      if (excess > 0 && entry.isFit(now) && entry.tryHold()) {
        entry.outdate();
        close(entry, now, todo);
        excess--;
      }
    }
    for (Entry entry : slot.entries()) {
      if (excess > 0 && entry.isFit(now)) {
        entry.outdate();
        excess--;
      }
    }
  }

  /** First the call, for a connection must be known to somebody while memory lasts or not. */
  private void begin(Closing closing, Entry entry, Cause cause, long now, Todo todo) {
    calls.begin(closing, now, todo);
    entry.slot().remove(entry);
    policy.closed(entry);
    counters.evicted(cause, entry.uses());
    LoggingIn successor = closing.successor;
    evictions.add(entry, cause, successor == null ? null : successor.slot().user(), now);
  }

  private static Cause causeOf(Entry entry) {
    if (entry.isBroken()) {
      return Cause.BROKEN;
    }
    return entry.isOutdated() ? Cause.CLOSED : Cause.LIFETIME;
  }
}
