package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.PoolStatistics.Evictions;
import java.util.EnumMap;
import java.util.Map;

/** What happened since the start. Guarded by the engine's lock. */
public final class Counters {
  private long logins;
  private long failedLogins;
  private long timeouts;
  private long pastLeases;
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

  /** A connection goes that was leased so often. */
  void evicted(Cause cause, long leases) {
    evictions.merge(cause, 1L, Long::sum);
    pastLeases += leases;
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

  /** Leases of connections that are gone. */
  public long pastLeases() {
    return pastLeases;
  }

  public Evictions evictions() {
    return new Evictions(
        of(Cause.BUDGET), of(Cause.IDLE), of(Cause.LIFETIME), of(Cause.BROKEN), of(Cause.CLOSED));
  }

  private long of(Cause cause) {
    return evictions.getOrDefault(cause, 0L);
  }
}
