package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.internal.StackRoom;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The one lock under which everything is decided ("the engine's lock"). It is never held around
 * anything that blocks.
 */
public final class Decisions {
  private final Budget budget;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition emptied = lock.newCondition();
  private boolean closed;
  private boolean damaged;

  Decisions(Budget budget) {
    this.budget = budget;
  }

  /**
   * Changes something; what follows from it goes on the list. Who refuses a change says so in
   * another way than by throwing: whatever is thrown may have come between two counts.
   */
  public void decide(Todo todo, Consumer<Todo> change) {
    StackRoom.require();
    lock.lock();
    try {
      change.accept(todo);
      if (budget.used() == 0) {
        emptied.signalAll();
      }
    } catch (RuntimeException | Error e) { // between two counts, perhaps
      damaged = true;
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /** Whether anything was thrown between two changes since this was asked. Under the lock. */
  boolean takeDamage() {
    boolean was = damaged;
    damaged = false;
    return was;
  }

  /** Looks at something as it is at one moment. */
  public <T> T look(Supplier<T> at) {
    lock.lock();
    try {
      return at.get();
    } finally {
      lock.unlock();
    }
  }

  /** Nobody is served any more; false if it has been so before. Under the lock. */
  public boolean close() {
    boolean first = !closed;
    closed = true;
    return first;
  }

  /** Under the lock. */
  public boolean isClosed() {
    return closed;
  }

  /** Waits until no connection is left; false if the time is over, or the thread interrupted. */
  public boolean awaitEmpty(Duration time) {
    lock.lock();
    try {
      long left = time.toNanos();
      while (budget.used() > 0 && left > 0) {
        left = emptied.awaitNanos(left);
      }
      return budget.used() == 0;
    } catch (InterruptedException e) { // there is no grace any more
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
