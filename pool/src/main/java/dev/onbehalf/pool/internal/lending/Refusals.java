package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.ConnectionTimeoutException;
import dev.onbehalf.pool.ConnectionTimeoutException.Bottleneck;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.UserPoolStatistics;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.deciding.Dispatcher;
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
  private final Settings settings;
  private final Dispatcher dispatcher;
  private final Supplier<PoolStatistics> snapshot;

  Refusals(Settings settings, Dispatcher dispatcher, Supplier<PoolStatistics> snapshot) {
    this.settings = settings;
    this.dispatcher = dispatcher;
    this.snapshot = snapshot;
  }

  /** As many callers of the user wait already as may. */
  Supplier<SQLException> tooManyWait(Slot slot) {
    PoolStatistics statistics = snapshot.get();
    UserPoolStatistics own = Snapshot.of(slot, settings);
    SQLException loginFailure = slot.loginFailure();
    return () ->
        new ConnectionTimeoutException(
            Snapshot.describeCrowd(own),
            SqlStates.UNABLE_TO_CONNECT,
            Bottleneck.WAITERS_OF_USER,
            statistics,
            own,
            loginFailure);
  }

  /** The caller has waited as long as they would. */
  Supplier<SQLException> timedOut(Slot slot, Duration timeout) {
    PoolStatistics statistics = snapshot.get();
    UserPoolStatistics own = Snapshot.of(slot, settings);
    SQLException full = dispatcher.server().refusal();
    SQLException loginFailure = full == null ? slot.loginFailure() : full;
    return () ->
        new ConnectionTimeoutException(
            Snapshot.describe(statistics, own, timeout),
            full == null ? SqlStates.UNABLE_TO_CONNECT : SqlStates.TOO_MANY_CONNECTIONS,
            Snapshot.bottleneck(statistics, own),
            statistics,
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
}
