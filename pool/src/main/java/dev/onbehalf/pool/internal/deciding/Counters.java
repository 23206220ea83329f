package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.PoolStatistics.Evictions;
import java.util.EnumMap;
import java.util.Map;

/** What happened since the start. Guarded by the engine's lock. */
public final class Counters {
  public long logins;
  public long failedLogins;
  public long timeouts;

  /** Leases of connections that are gone. */
  public long pastLeases;

  private final Map<Cause, Long> evictions = new EnumMap<>(Cause.class);

  /** Why a connection is closed. */
  enum Cause {
    BUDGET,
    IDLE,
    LIFETIME,
    BROKEN,
    CLOSED
  }

  void evicted(Cause cause) {
    evictions.merge(cause, 1L, Long::sum);
  }

  public Evictions evictions() {
    return new Evictions(
        of(Cause.BUDGET), of(Cause.IDLE), of(Cause.LIFETIME), of(Cause.BROKEN), of(Cause.CLOSED));
  }

  private long of(Cause cause) {
    return evictions.getOrDefault(cause, 0L);
  }
}
