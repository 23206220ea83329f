package dev.onbehalf.pool.internal.work;

import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Has workers run what the application wants to hear of: one that hangs keeps nobody waiting, and
 * one for which there was no worker is handed out again. Thread-safe.
 */
final class HookRunner {
  private final Workers workers;
  private final Set<FutureTask<?>> underWay = ConcurrentHashMap.newKeySet();
  private final Queue<FutureTask<?>> unheard = new ConcurrentLinkedQueue<>();

  HookRunner(Workers workers) {
    this.workers = workers;
  }

  void run(Runnable hook) {
    FutureTask<?> task = new FutureTask<>(hook, null); // keeps what the hook throws to itself
    underWay.add(task);
    hand(task);
  }

  private void hand(FutureTask<?> task) {
    try {
      workers.execute(
          () -> {
            task.run();
            underWay.remove(task);
          });
    } catch (RuntimeException | Error e) { // no thread
      unheard.add(task);
    }
  }

  /** Hands out what nobody took. */
  void tryAgain() {
    for (int left = unheard.size(); left > 0; left--) {
      FutureTask<?> task = unheard.poll();
      if (task != null) {
        hand(task);
      }
    }
  }

  /** Waits for those under way, so long at the most. */
  void await(Duration time) {
    long deadline = System.nanoTime() + time.toNanos();
    for (FutureTask<?> task : underWay) {
      try {
        task.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (ExecutionException e) {
        // it is over
      }
    }
  }
}
