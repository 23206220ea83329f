package dev.onbehalf.pool;

/**
 * What a {@link UserPoolManager} holds at one moment, and what it has done since it was built.
 *
 * <pre>{@code
 * PoolStatistics now = manager.statistics();
 * log.info("{} of {} in use, {} wait", now.inUse(), now.maxConnections(), now.waiting());
 * }</pre>
 *
 * @param maxConnections the budget, as it is at this moment
 * @param effectiveMaxConnections the budget, or what a server that is full before it bears of it at
 *     present (SQLState 53300)
 * @param total physical connections over all users, counting those being opened or closed
 * @param inUse connections that callers hold
 * @param idle connections ready to be taken
 * @param loggingIn logins under way, those included for which another's connection is being closed
 * @param waiting callers that wait for a connection
 * @param users users known: those with a connection, a login or a waiting caller, those asked for
 *     lately, and those with overrides
 * @param usersWaiting users with a waiting caller
 * @param acquired connections handed out so far
 * @param logins successful logins so far
 * @param failedLogins logins that were refused or broke off
 * @param timeouts callers that waited in vain
 * @param evicted connections closed so far, by cause
 */
public record PoolStatistics(
    int maxConnections,
    int effectiveMaxConnections,
    int total,
    int inUse,
    int idle,
    int loggingIn,
    int waiting,
    int users,
    int usersWaiting,
    long acquired,
    long logins,
    long failedLogins,
    long timeouts,
    Evictions evicted) {

  /**
   * Whether the server was full before the budget was, and has not shown since that it bears it.
   */
  public boolean isServerFull() {
    return effectiveMaxConnections < maxConnections;
  }

  /** The share of acquisitions, from 0 to 1, that needed no login of their own. */
  public double reuseRate() {
    return acquired == 0 ? 0 : Math.max(0, acquired - logins) / (double) acquired;
  }

  /**
   * Connections closed, by cause.
   *
   * @param budget another user needed the place, or the budget has shrunk
   * @param idle nobody took it for {@code idleTimeout}, or for less while the server is full
   * @param lifetime it reached {@code maxLifetime}
   * @param broken it failed, or was found dead
   * @param closed its pool or the manager was closed, it was evicted, or its user may have fewer
   */
  public record Evictions(long budget, long idle, long lifetime, long broken, long closed) {

    /** All of them. */
    public long total() {
      return budget + idle + lifetime + broken + closed;
    }
  }
}
