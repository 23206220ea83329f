package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.user.Failure;
import dev.onbehalf.pool.internal.user.Slot;
import dev.onbehalf.pool.internal.user.Waiter;
import org.jspecify.annotations.Nullable;

/** What the application changes about one user. Guarded by the engine's lock. */
public final class UserChanges {
  private final Settings settings;
  private final Users users;
  private final Callers callers;
  private final Connections connections;
  private final Dispatcher dispatcher;
  private final Overdue overdue;

  UserChanges(
      Settings settings,
      Users users,
      Callers callers,
      Connections connections,
      Dispatcher dispatcher,
      Overdue overdue) {
    this.settings = settings;
    this.users = users;
    this.callers = callers;
    this.connections = connections;
    this.dispatcher = dispatcher;
    this.overdue = overdue;
  }

  /**
   * Changes what a user has otherwise. Connections that were opened without the check for Row-Level
   * Security don't outlive their exemption, nor does anything a higher maximum.
   */
  public void override(Slot slot, @Nullable UserPoolOverrides overrides, long now, Todo todo) {
    boolean unchecked = slot.allowRlsBypass(settings);
    users.override(slot, overrides);
    if (unchecked && !slot.allowRlsBypass(settings)) {
      slot.nextEpoch();
    }
    connections.keepMaximum(slot, now, todo);
    dispatcher.settle(slot, now, todo);
  }

  /**
   * Closes a user's connections, at once or when they come back, fails their callers and ends their
   * logins.
   */
  public void closePool(Slot slot, Failure why, long now, Todo todo) {
    slot.nextEpoch();
    slot.endPause();
    slot.endPrewarming();
    connections.closeUnfit(slot, now, todo);
    for (Waiter waiter = callers.next(slot); waiter != null; waiter = callers.next(slot)) {
      Callers.fail(waiter, why, todo);
    }
    dispatcher.stepOut(slot);
    override(slot, null, now, todo);
    users.forgetIfGone(slot, now, todo);
    overdue.cancelLogins(slot, now, todo);
  }

  /** Has new connections take the place of a user's, as soon as they are idle. */
  public void evict(Slot slot, long now, Todo todo) {
    slot.nextEpoch();
    dispatcher.settle(slot, now, todo);
  }

  /** The provider has a newer credential: a refusal of the former counts no more. */
  public void credentialRenewed(Slot slot, long now, Todo todo) {
    slot.endPause();
    slot.dropCredential();
    users.remember(slot, now);
    dispatcher.settle(slot, now, todo);
  }

  /** Somebody is about to ask: a login is begun if a place is free. */
  public void prewarm(Slot slot, long now, Todo todo) {
    slot.prewarm();
    dispatcher.settle(slot, now, todo);
  }
}
