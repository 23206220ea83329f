package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.ConnectionTimeoutException;
import dev.onbehalf.pool.ConnectionTimeoutException.Bottleneck;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.UserPoolStatistics;
import dev.onbehalf.pool.internal.deciding.Budget;
import dev.onbehalf.pool.internal.deciding.Calls;
import dev.onbehalf.pool.internal.jdbc.SqlStates;
import dev.onbehalf.pool.internal.user.Failure;
import dev.onbehalf.pool.internal.user.Slot;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Why a caller gets no connection. The numbers are taken when it is decided, under the engine's
 * lock; the exception and its stack trace are made later, without it.
 */
final class Refusals {
  private final Statistics statistics;
  private final Budget budget;
  private final Calls calls;

  Refusals(Statistics statistics, Budget budget, Calls calls) {
    this.statistics = statistics;
    this.budget = budget;
    this.calls = calls;
  }

  /** As many callers of the user wait already as may. */
  Supplier<SQLException> tooManyWait(Slot slot) {
    PoolStatistics all = statistics.ofAllNow();
    UserPoolStatistics own = statistics.ofNow(slot);
    SQLException loginFailure = slot.loginFailure();
    return () ->
        new ConnectionTimeoutException(
            describeCrowd(own),
            SqlStates.UNABLE_TO_CONNECT,
            Bottleneck.WAITERS_OF_USER,
            all,
            own,
            loginFailure);
  }

  /** The caller has waited as long as they would. */
  Supplier<SQLException> timedOut(Slot slot, Duration timeout) {
    PoolStatistics all = statistics.ofAllNow();
    UserPoolStatistics own = statistics.ofNow(slot);
    SQLException full = budget.server().refusal();
    SQLException loginFailure = full == null ? slot.loginFailure() : full;
    Bottleneck bottleneck = bottleneck(all, own, calls.hangInTheWayOf(slot));
    return () ->
        new ConnectionTimeoutException(
            describe(all, own, timeout, bottleneck),
            full == null ? SqlStates.UNABLE_TO_CONNECT : SqlStates.TOO_MANY_CONNECTIONS,
            bottleneck,
            all,
            own,
            loginFailure);
  }

  /** The caller was interrupted. */
  static Supplier<SQLException> interrupted(Slot slot) {
    return () ->
        new SQLException(
            "Interrupted while waiting for a connection of \"" + slot.user() + "\"",
            SqlStates.UNABLE_TO_CONNECT,
            new InterruptedException());
  }

  /** The manager was closed. */
  static Failure managerClosed() {
    return new Failure.Closed("The pool manager");
  }

  // In words

  /** Why there was no connection, with the numbers, and what to do. */
  private static String describe(
      PoolStatistics all, UserPoolStatistics own, Duration waited, Bottleneck bottleneck) {
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
    return numbers + advice(bottleneck, all);
  }

  /** Why a caller did not even wait. */
  private static String describeCrowd(UserPoolStatistics own) {
    return "No connection for \"%s\": %s callers wait already, as many as may. The user has %s of %s connections (%s in use). Make fewer requests at once, or raise maxWaitersPerUser"
        .formatted(own.user(), own.waiting(), own.total(), own.maxConnections(), own.inUse());
  }

  private static Bottleneck bottleneck(
      PoolStatistics all, UserPoolStatistics own, boolean loginsHang) {
    if (own.inUse() >= own.maxConnections()) {
      return Bottleneck.USER_MAXIMUM;
    }
    if (all.isServerFull()) {
      return Bottleneck.SERVER;
    }
    boolean hasPlace = all.total() < all.maxConnections();
    boolean loginsInTheWay = hasPlace && (all.loggingIn() > 0 || loginsHang);
    return own.loggingIn() > 0 || loginsInTheWay ? Bottleneck.LOGIN : Bottleneck.BUDGET;
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
