package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.internal.deciding.Call.Asking;
import dev.onbehalf.pool.internal.deciding.Call.Checking;
import dev.onbehalf.pool.internal.deciding.Call.Closing;
import dev.onbehalf.pool.internal.deciding.Call.LoggingIn;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Slot;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Counts anew what is counted, after something was thrown under the lock (memory ran out, say) and
 * so perhaps between two counts. What there is (connections, calls, waiting callers) is changed by
 * one step each, and is right at any instant; a place is in use for each connection and each login
 * and closing.
 *
 * <p>It looks at all users, which may take a while; that is the lesser evil. It comes before
 * anything else that time does, for what is counted wrongly may make all else fail. Guarded by the
 * engine's lock.
 */
public final class Recount {
  private final Decisions decisions;
  private final Users users;
  private final Callers callers;
  private final Budget budget;
  private final Calls calls;
  private final Connections connections;

  Recount(
      Decisions decisions,
      Users users,
      Callers callers,
      Budget budget,
      Calls calls,
      Connections connections) {
    this.decisions = decisions;
    this.users = users;
    this.callers = callers;
    this.budget = budget;
    this.calls = calls;
    this.connections = connections;
  }

  /** If there was any. */
  public void afterDamage(long now, Todo todo) {
    if (decisions.takeDamage()) {
      users.recount(now);
      calls.recount(now, todo);
      List<Call> ordered = calls.ordered();
      Set<Slot> slots = slots(ordered);
      connections.complete(slots);
      slots.forEach(Slot::startRecount);
      int places = 0;
      for (Entry entry : connections.all()) {
        entry.slot().takePlace();
        places++;
      }
      for (Call call : ordered) {
        places += count(call);
      }
      budget.recount(slots, places);
      callers.recount(slots);
    }
  }

  private Set<Slot> slots(List<Call> ordered) {
    Set<Slot> slots = new LinkedHashSet<>(users.all());
    connections.all().forEach(entry -> slots.add(entry.slot()));
    for (Call call : ordered) {
      slots.add(call.slot());
      if (call instanceof Closing closing && closing.successor != null) {
        slots.add(closing.successor.slot());
      }
    }
    return slots;
  }

  /** Returns how many places of the budget it is worth. */
  private static int count(Call call) {
    Slot slot = call.slot();
    if (call instanceof LoggingIn login) {
      count(login);
      return 1;
    }
    if (call instanceof Closing closing) {
      slot.takePlace();
      if (closing.successor != null) {
        slot.promisePlace();
        count(closing.successor);
      }
      return 1;
    }
    if (call instanceof Checking check && check.awaited) {
      slot.checkBegun();
    } else if (call instanceof Asking asking && asking.epoch == slot.epoch()) {
      slot.askedForCredential();
    }
    return 0;
  }

  private static void count(LoggingIn login) {
    Slot slot = login.slot();
    slot.takePlace();
    if (login.epoch == slot.epoch()) {
      slot.loginBegun();
    }
  }
}
