package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.PoolStatistics.Evictions;
import java.util.EnumMap;
import java.util.Map;

/** What happened since the start. Guarded by the engine's lock. */
public final class Counters {
  private long logins;
  private long failedLogins;
  private long timeouts;
  private long pastUses;
  private final Map<Cause, Long> evictions = new EnumMap<>(Cause.class);

  /** Why a connection is closed. */
  enum Cause {
    BUDGET,
    IDLE,
    LIFETIME,
    BROKEN,
    CLOSED
  }

  void loggedIn() {
    logins++;
  }

  void loginFailed() {
    failedLogins++;
  }

  /** A caller got no connection in time. */
  public void timedOut() {
    timeouts++;
  }

  /** A connection goes that somebody had so often. */
  void evicted(Cause cause, long uses) {
    evictions.merge(cause, 1L, Long::sum);
    pastUses += uses;
  }

  public long logins() {
    return logins;
  }

  public long failedLogins() {
    return failedLogins;
  }

  public long timeouts() {
    return timeouts;
  }

  /** How often somebody had a connection that is gone. */
  public long pastUses() {
    return pastUses;
  }

  public Evictions evictions() {
    return new Evictions(
        of(Cause.BUDGET), of(Cause.IDLE), of(Cause.LIFETIME), of(Cause.BROKEN), of(Cause.CLOSED));
  }

  private long of(Cause cause) {
    return evictions.getOrDefault(cause, 0L);
  }
}
