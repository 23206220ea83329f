package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.ConnectionTimeoutException.Bottleneck;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.UserPoolStatistics;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.deciding.Connections;
import dev.onbehalf.pool.internal.deciding.Counters;
import dev.onbehalf.pool.internal.deciding.Dispatcher;
import dev.onbehalf.pool.internal.deciding.Users;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Slot;
import java.time.Duration;

/** Takes statistics; called under the engine's lock. */
final class Snapshot {
  private Snapshot() {}

  static PoolStatistics of(
      Settings settings,
      Users users,
      Connections connections,
      Dispatcher dispatcher,
      Counters counters) {
    int idle = 0;
    int inUse = 0;
    long leases = counters.pastLeases;
    for (Entry entry : connections.all()) { // not by user: those who wait may be many more
      if (entry.isIdle()) {
        idle++;
      } else {
        inUse++;
      }
      leases += entry.leases();
    }
    return new PoolStatistics(
        settings.maxConnections(),
        dispatcher.server().limit(),
        dispatcher.used(),
        inUse,
        idle,
        dispatcher.loggingIn(),
        dispatcher.waiting(),
        users.slots().size(),
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
        slot.open(),
        entries.length - idle,
        idle,
        slot.loggingIn(),
        slot.waiting(),
        slot.maxConnections(settings),
        slot.reserve());
  }

  /** Why there was no connection, with the numbers, and what to do. */
  static String describe(PoolStatistics all, UserPoolStatistics own, Duration waited) {
    String numbers =
        ("No connection for \"%s\" within %s ms. The user has %s of %s connections (%s in use, %s"
                + " logging in), callers waiting: %s. All users have %s of %s (%s in use, %s idle, %s"
                + " logging in), users waiting: %s. ")
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
    return numbers + advice(bottleneck(all, own), all);
  }

  /** Why a caller did not even wait. */
  static String describeCrowd(UserPoolStatistics own) {
    return "No connection for \"%s\": %s callers wait already, as many as may. The user has %s of %s connections (%s in use). Make fewer requests at once, or raise maxWaitersPerUser"
        .formatted(own.user(), own.waiting(), own.total(), own.maxConnections(), own.inUse());
  }

  static Bottleneck bottleneck(PoolStatistics all, UserPoolStatistics own) {
    if (own.inUse() >= own.maxConnections()) {
      return Bottleneck.USER_MAXIMUM;
    }
    if (all.isServerFull()) {
      return Bottleneck.SERVER;
    }
    boolean othersLoginsInTheWay = all.total() < all.maxConnections() && all.loggingIn() > 0;
    return own.loggingIn() > 0 || othersLoginsInTheWay ? Bottleneck.LOGIN : Bottleneck.BUDGET;
  }

  private static String advice(Bottleneck bottleneck, PoolStatistics all) {
    return switch (bottleneck) {
      case USER_MAXIMUM, WAITERS_OF_USER ->
          "Close connections sooner, or raise maxConnectionsPerUser";
      case SERVER ->
          "The server is full: it bears %s of %s connections. Raise its max_connections, or lower maxConnections"
              .formatted(all.effectiveMaxConnections(), all.maxConnections());
      case LOGIN ->
          "Logins take too long: look at the server, the network and the credential provider";
      case BUDGET ->
          all.inUse() >= all.maxConnections()
              ? "Close connections sooner, or raise maxConnections"
              : "Try again later, or raise connectionTimeout";
    };
  }
}
