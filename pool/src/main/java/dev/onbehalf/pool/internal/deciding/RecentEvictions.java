package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.PoolSnapshot;
import dev.onbehalf.pool.internal.deciding.Counters.Cause;
import dev.onbehalf.pool.internal.user.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The connections that were closed last, for whoever looks: a ring, written where a connection is
 * closed and nowhere else. Guarded by the engine's lock.
 */
public final class RecentEvictions {
  private final @Nullable Closed[] ring = new @Nullable Closed[PoolSnapshot.MOST_EVICTIONS];
  private int next;

  private record Closed(
      long connection,
      String user,
      Cause cause,
      @Nullable String successor,
      long at,
      long unused,
      long leases) {
    PoolSnapshot.Eviction seenAt(long now) {
      return new PoolSnapshot.Eviction(
          connection,
          user,
          PoolSnapshot.Cause.valueOf(cause.name()),
          Optional.ofNullable(successor),
          Duration.ofNanos(Math.max(0, now - at)),
          Duration.ofNanos(Math.max(0, unused)),
          leases);
    }
  }

  /**
   * A connection goes.
   *
   * @param successor who gets its place; null for nobody in particular
   */
  void add(Entry entry, Cause cause, @Nullable String successor, long now) {
    ring[next] =
        new Closed(
            entry.number(),
            entry.user(),
            cause,
            successor,
            now,
            now - entry.lastUsed(),
            entry.uses());
    next = (next + 1) % ring.length;
  }

  /** The latest first. */
  public List<PoolSnapshot.Eviction> latest(long now) {
    List<PoolSnapshot.Eviction> all = new ArrayList<>(ring.length);
    for (int i = 1; i <= ring.length; i++) {
      Closed closed = ring[Math.floorMod(next - i, ring.length)];
      if (closed != null) {
        all.add(closed.seenAt(now));
      }
    }
    return all;
  }
}
