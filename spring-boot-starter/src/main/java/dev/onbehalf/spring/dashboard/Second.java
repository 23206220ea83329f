package dev.onbehalf.spring.dashboard;

/**
 * What happened within one second.
 *
 * @param at its end, in milliseconds since 1970
 * @param lent the most places that were seen in use
 * @param waitingForPlace the most callers that were seen to wait for a place
 * @param waitingForOwn the most that were seen to wait for a connection of their own
 * @param longestMillis for how long the first of all of them had waited
 * @param acquired connections handed out
 * @param logins logins that succeeded
 * @param failed logins that were refused or broke off
 * @param evicted connections closed because another user needed the place
 * @param timeouts callers that waited in vain
 * @param p50 within how many microseconds half of the acquisitions were over; -1 without any
 * @param p99 the same of 99 in a hundred
 */
record Second(
    long at,
    int lent,
    int waitingForPlace,
    int waitingForOwn,
    long longestMillis,
    long acquired,
    long logins,
    long failed,
    long evicted,
    long timeouts,
    long p50,
    long p99) {

  Second within(long half, long nearlyAll) {
    return new Second(
        at,
        lent,
        waitingForPlace,
        waitingForOwn,
        longestMillis,
        acquired,
        logins,
        failed,
        evicted,
        timeouts,
        half,
        nearlyAll);
  }

  /** The share of acquisitions that needed no login, in percent; -1 without any. */
  double hitRate() {
    return acquired == 0 ? -1 : 100.0 * Math.max(0, acquired - logins) / acquired;
  }
}
