package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.internal.user.Failure;
import dev.onbehalf.pool.internal.user.Slot;
import dev.onbehalf.pool.internal.user.Waiter;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All callers who wait, and how they are told the end of it. Guarded by the engine's lock. */
public final class Callers {
  private final LinkedHashSet<Slot> users = new LinkedHashSet<>();
  private int waiting;

  public int waiting() {
    return waiting;
  }

  public int usersWaiting() {
    return users.size();
  }

  /** Whose callers wait, in the order in which they came. */
  List<Slot> users() {
    return List.copyOf(users);
  }

  /** The first of these, at most so many. */
  public List<Slot> first(int most) {
    return users.stream().limit(most).toList();
  }

  void add(Slot slot, Waiter waiter) {
    users.add(slot);
    slot.enqueue(waiter);
    waiting++;
  }

  /** False if the caller has been served or failed meanwhile. */
  boolean remove(Slot slot, Waiter waiter) {
    boolean waited = slot.dequeue(waiter);
    if (waited) {
      left(slot);
    }
    return waited;
  }

  /** Takes the user's first out of their queue; null if none waits. */
  @Nullable Waiter next(Slot slot) {
    Waiter waiter = slot.nextWaiter();
    if (waiter != null) {
      left(slot);
    }
    return waiter;
  }

  /** Counts them anew. */
  void recount(Iterable<Slot> all) {
    users.clear();
    waiting = 0;
    for (Slot slot : all) {
      if (slot.waiting() > 0) {
        users.add(slot);
        waiting += slot.waiting();
      }
    }
  }

  private void left(Slot slot) {
    waiting--;
    if (slot.waiting() == 0) {
      users.remove(slot);
    }
  }

  static void serve(Waiter waiter, Waiter.Served served, Todo todo) {
    served.entry().handTo(waiter);
    end(waiter, served, todo);
  }

  static void fail(Waiter waiter, Failure why, Todo todo) {
    end(waiter, new Waiter.Failed(why), todo);
  }

  private static void end(Waiter waiter, Waiter.Outcome outcome, Todo todo) {
    waiter.end(outcome);
    todo.wakeUps().add(waiter);
  }
}
