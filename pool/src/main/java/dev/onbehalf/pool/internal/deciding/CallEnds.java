package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.PoolLog;
import dev.onbehalf.pool.internal.deciding.Call.Asking;
import dev.onbehalf.pool.internal.deciding.Call.Checking;
import dev.onbehalf.pool.internal.deciding.Call.Cleaning;
import dev.onbehalf.pool.internal.deciding.Call.Closing;
import dev.onbehalf.pool.internal.deciding.Call.LoggingIn;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Slot;
import java.sql.SQLException;
import org.slf4j.Logger;

/**
 * What follows from the end of a call: places become free or somebody's, users pause, and whoever
 * can be served then is served. Nothing follows from a call that has ended before.
 *
 * <p>Guarded by the engine's lock.
 */
public final class CallEnds {
  private static final Logger log = PoolLog.LOG;

  private final Users users;
  private final Budget budget;
  private final Calls calls;
  private final Connections connections;
  private final Logins logins;
  private final Dispatcher dispatcher;
  private final Counters counters;

  CallEnds(
      Users users,
      Budget budget,
      Calls calls,
      Connections connections,
      Logins logins,
      Dispatcher dispatcher,
      Counters counters) {
    this.users = users;
    this.budget = budget;
    this.calls = calls;
    this.connections = connections;
    this.logins = logins;
    this.dispatcher = dispatcher;
    this.counters = counters;
  }

  // Credentials

  /** The provider gave a credential. */
  public void answered(Asking call, Secret credential, long now, Todo todo) {
    if (!calls.end(call, now, todo)) {
      return;
    }
    if (call.epoch == call.slot().epoch()) {
      call.slot().answered(credential);
    }
    settle(call.slot(), now, todo); // others may be asked for, at any rate
  }

  /** It gave none. */
  public void refused(Asking call, SQLException cause, long now, Todo todo) {
    if (!calls.end(call, now, todo)) {
      return;
    }
    counters.loginFailed();
    if (call.epoch == call.slot().epoch()) {
      call.slot().askedInVain();
      pause(call.slot(), cause, now);
    }
    settle(call.slot(), now, todo);
    forgetIfGone(call.slot(), now, todo);
  }

  // Logins

  /**
   * A login succeeded. Whoever it was made for gets it, before the next turn. False if it comes too
   * late: its place is somebody else's by now.
   */
  public boolean loggedIn(LoggingIn call, Entry entry, long now, Todo todo) {
    if (call.hasEnded()) {
      return false;
    }
    calls.succeeded(call, now);
    connections.opened(entry); // before the call is over, which knows the connection as well
    ended(call, now, todo);
    connections.keepMaximum(call.slot(), now, todo); // it may be lower than at the login's begin
    Slot slot = call.slot();
    counters.loggedIn();
    logins.took(now - call.since);
    slot.endPause();
    budget.server().accepted(now);
    handOver(entry, now, todo);
    return true;
  }

  /** A login failed; its place is free again. */
  public void loginFailed(
      LoggingIn call, SQLException cause, boolean serverIsFull, long now, Todo todo) {
    if (!ended(call, now, todo)) {
      return;
    }
    budget.free(call.slot());
    failed(call, cause, serverIsFull, now, todo);
  }

  boolean ended(LoggingIn call, long now, Todo todo) {
    if (!calls.end(call, now, todo)) {
      return false;
    }
    call.slot().loginEnded(call.epoch);
    return true;
  }

  void failed(LoggingIn call, SQLException cause, boolean serverIsFull, long now, Todo todo) {
    Slot slot = call.slot();
    counters.loginFailed();
    if (serverIsFull) {
      serverIsFull(cause, now, todo);
    } else if (call.epoch == slot.epoch()) {
      slot.dropCredential(); // it may be what was refused
      pause(slot, cause, now);
    }
    settle(slot, now, todo);
    forgetIfGone(slot, now, todo);
  }

  private void serverIsFull(SQLException cause, long now, Todo todo) {
    boolean known = budget.server().isLowered();
    budget.refusedByServer(cause, users.reserves(), now);
    int limit = budget.server().limit();
    int maximum = budget.maximum();
    if (!known && budget.server().isLowered()) {
      todo.notes()
          .add(
              () ->
                  log.warn(
                      "The server is full before the budget is: it bears {} of {} connections ({})."
                          + " Idle ones give way, and more is tried from time to time."
                          + " Lower maxConnections, or raise the server's max_connections",
                      limit,
                      maximum,
                      cause.getMessage()));
    }
  }

  private void pause(Slot slot, SQLException cause, long now) {
    slot.refused(cause, now);
    users.pause(slot);
    dispatcher.leaveQueues(slot);
  }

  // Connections

  /** An entry, HELD, has come back. */
  public void returned(Entry entry, long now, Todo todo) {
    if (!entry.isFit(now)) {
      close(entry, now, todo);
      return;
    }
    entry.used(now);
    entry.release();
    settle(entry.slot(), now, todo);
  }

  public void cleaned(Cleaning call, long now, Todo todo) {
    if (calls.end(call, now, todo)) {
      returned(call.entry(), now, todo);
    }
  }

  /** An entry was looked at; that doesn't count as a use. */
  public void checked(Checking call, long now, Todo todo) {
    if (!endCheck(call, now, todo)) {
      return;
    }
    Entry entry = call.entry();
    entry.checked(now);
    if (call.awaited) {
      handOver(entry, now, todo);
    } else if (entry.isFit(now)) {
      entry.release();
      settle(entry.slot(), now, todo);
    } else {
      close(entry, now, todo);
    }
  }

  boolean endCheck(Checking call, long now, Todo todo) {
    if (!calls.end(call, now, todo)) {
      return false;
    }
    if (call.awaited) {
      call.slot().checkEnded();
    }
    return true;
  }

  /** Gives an entry, which is HELD, to a caller of its user, or to whoever is next. */
  private void handOver(Entry entry, long now, Todo todo) {
    if (!dispatcher.handOver(entry, now, todo)) {
      returned(entry, now, todo);
    }
    settle(entry.slot(), now, todo);
  }

  /** An entry, HELD, can't serve any more. */
  private void close(Entry entry, long now, Todo todo) {
    connections.close(entry, now, todo);
    settle(entry.slot(), now, todo); // its user may want another login
  }

  /** A connection is closed; its place is free, or a login's. */
  public void closed(Closing call, long now, Todo todo) {
    if (calls.end(call, now, todo)) {
      gone(call, now, todo);
    }
  }

  void gone(Closing call, long now, Todo todo) {
    LoggingIn login = call.successor;
    if (login == null) {
      budget.free(call.slot());
    } else {
      budget.handOver(call.slot());
      begin(login, now, todo);
    }
    settle(call.slot(), now, todo);
    forgetIfGone(call.slot(), now, todo);
  }

  /** Unless its pool was closed meanwhile. */
  private void begin(LoggingIn login, long now, Todo todo) {
    if (login.epoch == login.slot().epoch()) {
      calls.begin(login, now, todo);
    } else {
      budget.free(login.slot());
      settle(login.slot(), now, todo);
      forgetIfGone(login.slot(), now, todo);
    }
  }

  private void settle(Slot slot, long now, Todo todo) {
    dispatcher.settle(slot, now, todo);
  }

  private void forgetIfGone(Slot slot, long now, Todo todo) {
    users.forgetIfGone(slot, now, todo);
  }
}
