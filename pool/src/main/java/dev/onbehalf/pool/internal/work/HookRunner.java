package dev.onbehalf.pool.internal.work;

import dev.onbehalf.pool.internal.PoolLog;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * Has workers run what the application wants to hear of: one that hangs keeps nobody waiting but
 * its like. A few run at once, the others wait for one of those to end, or for a worker where there
 * was none; beyond many, what is heard of is dropped. Thread-safe.
 */
final class HookRunner {
  private static final Logger log = PoolLog.LOG;
  private static final int AT_ONCE = 8;
  private static final int MOST = 1_000;
  private static final long PAUSE = Duration.ofMinutes(1).toNanos();

  private final Workers workers;
  private final Semaphore free = new Semaphore(AT_ONCE);
  private final Queue<FutureTask<?>> waiting = new LinkedBlockingQueue<>(MOST);

  /** Those that wait, too. */
  private final Set<FutureTask<?>> underWay = ConcurrentHashMap.newKeySet();

  private final AtomicLong nextTold = new AtomicLong(System.nanoTime());

  HookRunner(Workers workers) {
    this.workers = workers;
  }

  void run(Runnable hook) {
    FutureTask<?> task = new FutureTask<>(hook, null); // keeps what the hook throws to itself
    underWay.add(task);
    if (waiting.offer(task)) {
      hand();
    } else {
      underWay.remove(task);
      warn();
    }
  }

  private void warn() {
    long now = System.nanoTime();
    long next = nextTold.get();
    if (now - next >= 0 && nextTold.compareAndSet(next, now + PAUSE)) {
      log.warn("Ends of leases are not told: {} wait for the lease listener, which hangs.", MOST);
    }
  }

  /** Has one more worker run those that wait, if there may be one. */
  private void hand() {
    if (!free.tryAcquire()) {
      return; // whoever ends looks for more
    }
    try {
      workers.execute(this::runAll);
    } catch (RuntimeException | Error e) { // no thread
      free.release();
    }
  }

  private void runAll() {
    try {
      for (FutureTask<?> task = waiting.poll(); task != null; task = waiting.poll()) {
        task.run();
        underWay.remove(task);
        Thread.interrupted(); // what one left behind is not the next one's
      }
    } finally {
      free.release();
    }
    if (!waiting.isEmpty()) { // it came after the last look, while all were at work
      hand();
    }
  }

  /** Hands out what nobody took. */
  void tryAgain() {
    for (int left = Math.min(AT_ONCE, waiting.size()); left > 0; left--) {
      hand(); // each runs whatever waits
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
