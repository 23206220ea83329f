package dev.onbehalf.spring.dashboard;

import dev.onbehalf.pool.PoolSnapshot;
import dev.onbehalf.pool.PoolSnapshot.Awaited;
import dev.onbehalf.pool.PoolSnapshot.Waiting;
import dev.onbehalf.pool.PoolStatistics;
import org.jspecify.annotations.Nullable;

/** Makes a second of several looks at the pools. Not thread-safe. */
final class Tally {
  private @Nullable PoolStatistics before;
  private int lent;
  private int forPlace;
  private int forOwn;
  private long longestMillis;

  void look(PoolSnapshot pools) {
    if (before == null) {
      before = pools.totals();
    }
    lent = Math.max(lent, pools.totals().inUse());
    int placeNow = 0;
    int ownNow = 0;
    for (Waiting it : pools.waiting()) {
      if (it.awaited() == Awaited.PLACE) {
        placeNow += it.callers();
      } else if (it.awaited() == Awaited.OWN_CONNECTION) {
        ownNow += it.callers();
      }
      longestMillis = Math.max(longestMillis, it.age().toMillis());
    }
    forPlace = Math.max(forPlace, placeNow);
    forOwn = Math.max(forOwn, ownNow);
  }

  /** The second is over. */
  Second end(PoolStatistics totals, AcquireTimes.Counts times, long now) {
    Second second = soFar(totals, now).within(times.percentile(0.5), times.percentile(0.99));
    before = totals;
    lent = 0;
    forPlace = 0;
    forOwn = 0;
    longestMillis = 0;
    return second;
  }

  /** What is known of the second that is not over. */
  Second soFar(PoolStatistics totals, long now) {
    PoolStatistics former = before == null ? totals : before;
    return new Second(
        now,
        lent,
        forPlace,
        forOwn,
        longestMillis,
        totals.acquired() - former.acquired(),
        totals.logins() - former.logins(),
        totals.failedLogins() - former.failedLogins(),
        totals.evicted().budget() - former.evicted().budget(),
        totals.timeouts() - former.timeouts(),
        -1,
        -1);
  }
}
