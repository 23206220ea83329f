package dev.onbehalf.lakebase;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Requests at a steady rate, each on a thread of its own, until it is closed. */
final class Flood implements AutoCloseable {
  private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService requests = Executors.newCachedThreadPool();
  private final ScheduledFuture<?> ticking;
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger mostWaiting = new AtomicInteger();

  /**
   * @param request is given its number, and may throw what it likes
   */
  Flood(int perSecond, IntConsumer request) {
    ticking =
        pace.scheduleAtFixedRate(
            () -> requests.execute(() -> send(request)),
            0,
            1_000_000 / perSecond,
            TimeUnit.MICROSECONDS);
  }

  private void send(IntConsumer request) {
    mostWaiting.accumulateAndGet(waiting.incrementAndGet(), Math::max);
    try {
      request.accept(sent.incrementAndGet());
    } catch (RuntimeException refused) {
      // as it should be
    } finally {
      waiting.decrementAndGet();
    }
  }

  int sent() {
    return sent.get();
  }

  /** How many waited for their answer at once. */
  int mostWaiting() {
    return mostWaiting.get();
  }

  @Override
  public void close() {
    ticking.cancel(true);
    pace.shutdownNow();
    requests.shutdownNow();
  }
}
