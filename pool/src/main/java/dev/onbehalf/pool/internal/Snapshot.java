package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.UserPoolStatistics;
import java.time.Duration;

/** Takes statistics; called under the engine's lock. */
final class Snapshot {
  private Snapshot() {}

  static PoolStatistics of(Dispatcher dispatcher, Settings settings) {
    int idle = 0;
    int inUse = 0;
    long leases = dispatcher.counters().pastLeases;
    for (Entry entry : dispatcher.entries()) { // not by user: those who wait may be many more
      if (entry.isIdle()) {
        idle++;
      } else {
        inUse++;
      }
      leases += entry.leases();
    }
    Counters counters = dispatcher.counters();
    return new PoolStatistics(
        settings.maxConnections(),
        dispatcher.used(),
        inUse,
        idle,
        dispatcher.loggingIn(),
        dispatcher.waiting(),
        dispatcher.slots().size(),
        dispatcher.usersWaiting(),
        leases,
        counters.logins,
        counters.failedLogins,
        counters.timeouts,
        counters.evictions());
  }

  static UserPoolStatistics of(Slot slot, Settings settings) {
    int idle = 0;
    Entry[] entries = slot.entries();
    for (Entry entry : entries) {
      if (entry.isIdle()) {
        idle++;
      }
    }
    return new UserPoolStatistics(
        slot.user(),
        slot.open,
        entries.length - idle,
        idle,
        slot.loggingIn,
        slot.waiting(),
        slot.maxConnections(settings),
        slot.reserve());
  }

  /** Why there was no connection, with the numbers, and what to do. */
  static String describe(PoolStatistics all, UserPoolStatistics own, Duration waited) {
    String numbers =
        ("No connection for \"%s\" within %d ms. The user has %d of %d connections (%d in use, %d"
                + " logging in) and %d callers waiting; all users have %d of %d (%d in use, %d idle,"
                + " %d logging in), and %d users wait. ")
            .formatted(
                own.user(),
                waited.toMillis(),
                own.total(),
                own.maxConnections(),
                own.inUse(),
                own.loggingIn(),
                own.waiting(),
                all.total(),
                all.maxConnections(),
                all.inUse(),
                all.idle(),
                all.loggingIn(),
                all.usersWaiting());
    return numbers + advice(all, own);
  }

  private static String advice(PoolStatistics all, UserPoolStatistics own) {
    if (own.inUse() >= own.maxConnections()) {
      return "Close connections sooner, or raise maxConnectionsPerUser";
    }
    if (all.inUse() >= all.maxConnections()) {
      return "Close connections sooner, or raise maxConnections";
    }
    if (all.loggingIn() > 0) {
      return "Logins take too long: look at the server, the network and the credential provider";
    }
    return "Try again later, or raise connectionTimeout";
  }
}
