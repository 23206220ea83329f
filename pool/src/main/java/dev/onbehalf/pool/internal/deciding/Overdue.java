package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.internal.PoolLog;
import dev.onbehalf.pool.internal.deciding.Call.Asking;
import dev.onbehalf.pool.internal.deciding.Call.Checking;
import dev.onbehalf.pool.internal.deciding.Call.Cleaning;
import dev.onbehalf.pool.internal.deciding.Call.Closing;
import dev.onbehalf.pool.internal.deciding.Call.LoggingIn;
import dev.onbehalf.pool.internal.deciding.Counters.Cause;
import dev.onbehalf.pool.internal.jdbc.SqlStates;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Slot;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import org.slf4j.Logger;

/**
 * Ends calls that don't end by themselves, and leases that nobody can end: whoever makes the call
 * is interrupted, the connection aborted, and what they keep goes to others.
 *
 * <pre>
 *   credential, login without a connection   the place, if any, is free at once
 *   login with one, check, cleaning          the connection is aborted
 *   closing                                  becomes an abort
 *   abort                                    is given up: the place is free
 * </pre>
 *
 * A thread that hears of none of this hangs on; {@link Calls} says how many may.
 *
 * <p>Guarded by the engine's lock.
 */
public final class Overdue {
  private static final Logger log = PoolLog.LOG;
  private static final long PAUSE = Duration.ofMinutes(1).toNanos();

  private final Budget budget;
  private final Calls calls;
  private final Connections connections;
  private final Dispatcher dispatcher;
  private final CallEnds ends;
  private boolean told;
  private long nextTold;

  Overdue(
      Budget budget, Calls calls, Connections connections, Dispatcher dispatcher, CallEnds ends) {
    this.budget = budget;
    this.calls = calls;
    this.connections = connections;
    this.dispatcher = dispatcher;
    this.ends = ends;
  }

  /** Ends calls that take too long; others get what they keep. */
  void end(long now, Todo todo) {
    calls.overdue(now).forEach(call -> end(call, now, todo));
    if (calls.noticeSlow(now)) {
      dispatcher.settle(null, now, todo);
    }
    if (calls.tooManyHang() && !(told && now - nextTold < 0)) {
      told = true;
      nextTold = now + PAUSE;
      todo.notes()
          .add(
              () ->
                  log.warn(
                      "Too many threads hang in calls that were given up: no login begins until"
                          + " some come back. Give the driver a connect and a socket time-out"));
    }
  }

  /** Ends a user's logins: nobody is left whom they could serve. */
  void cancelLogins(Slot slot, long now, Todo todo) {
    for (Call call : calls.of(slot)) {
      if (call instanceof LoggingIn || call instanceof Asking) {
        end(call, now, todo);
      }
    }
  }

  private void end(Call call, long now, Todo todo) {
    todo.interrupts().add(call);
    calls.giveUp(call);
    if (call instanceof Asking asking) {
      ends.refused(asking, tooLong("The credential provider", call), now, todo);
    } else if (call instanceof LoggingIn login) {
      end(login, now, todo);
    } else if (call instanceof Checking check) {
      if (ends.endCheck(check, now, todo)) {
        abandon(check.entry(), now, todo);
      }
    } else if (call instanceof Cleaning cleaning) {
      if (calls.end(call, now, todo)) {
        abandon(cleaning.entry(), now, todo);
      }
    } else if (call instanceof Closing closing) {
      end(closing, now, todo);
    }
  }

  /** A connection that hangs, or whose lease nobody can end. */
  void abandon(Entry entry, long now, Todo todo) {
    entry.markBroken();
    tellEnd(entry, todo);
    connections.abort(entry, Cause.BROKEN, now, todo);
    dispatcher.settle(entry.slot(), now, todo);
  }

  private static void tellEnd(Entry entry, Todo todo) {
    if (entry.isListenedTo()) {
      todo.hooks().add(entry::endHearing);
    }
  }

  /** The place of a login that has a connection is free when that has been aborted. */
  private void end(LoggingIn call, long now, Todo todo) {
    if (!ends.ended(call, now, todo)) {
      return;
    }
    Connection opened = call.connection();
    if (opened == null) {
      budget.free(call.slot());
    } else {
      calls.begin(new Closing(call.slot(), call.number(), opened, true, null, now), now, todo);
    }
    ends.failed(call, tooLong("The login", call), false, now, todo);
  }

  /** First the driver is left alone, then the connection. */
  private void end(Closing call, long now, Todo todo) {
    if (!calls.end(call, now, todo)) {
      return;
    }
    if (call.abort()) {
      todo.notes()
          .add(
              () ->
                  log.warn(
                      "The driver does not end a connection of \"{}\"; it is given up",
                      call.slot().user()));
      ends.gone(call, now, todo);
    } else {
      calls.begin(
          new Closing(
              call.slot(), call.number(), call.driver(), true, call.successor, call.since()),
          now,
          todo);
    }
  }

  private static SQLException tooLong(String what, Call call) {
    return new SQLTimeoutException(
        "%s of \"%s\" did not come to an end in time".formatted(what, call.slot().user()),
        SqlStates.UNABLE_TO_CONNECT);
  }

  /** Aborts whatever there is: leases, cleanings, checks, logins, closings. */
  public void abortAll(long now, Todo todo) {
    for (Entry entry : connections.all()) {
      if (entry.tryHold()) {
        connections.abort(entry, Cause.CLOSED, now, todo);
      } else if (entry.takeAway()) {
        entry.markBroken();
        tellEnd(entry, todo);
        todo.notes()
            .add(
                () ->
                    log.warn(
                        "Aborting a connection of \"{}\" that did not come back in time",
                        entry.user()));
        connections.abort(entry, Cause.CLOSED, now, todo);
      }
    }
    for (Call call : calls.all()) {
      if (!(call instanceof Closing closing) || !closing.abort()) {
        end(call, now, todo);
      }
    }
  }

  /** Gives up what can't even be aborted. */
  public void giveUpAll(long now, Todo todo) {
    while (budget.used() > 0 && !calls.all().isEmpty()) {
      calls.all().forEach(call -> end(call, now, todo));
    }
  }
}
