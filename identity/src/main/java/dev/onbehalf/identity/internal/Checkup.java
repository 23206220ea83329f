package dev.onbehalf.identity.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How something is, looked at once in a few seconds however often and by however many one is asked,
 * also while it is bad.
 *
 * <pre>
 *   NONE or OLD ── asked ──> LOOKING ── it has looked ──> RECENT ── some seconds later ──> OLD
 *                 (one wins)    │
 *                               └ who asks waits, until the look has taken too long
 * </pre>
 *
 * <p>The steps are taken by compare-and-set on the latest look. It has a thread of its own and
 * stands behind nothing. Who asks when many wait already gets the look before. Thread-safe.
 */
public final class Checkup<T> {
  private static final Duration RECENT = Duration.ofSeconds(3);
  private static final int MOST_WAITING = 16;

  private final Supplier<T> look;
  private final Supplier<T> unknown;
  private final Clock clock;
  private final Duration timeout;
  private final Semaphore places = new Semaphore(MOST_WAITING);
  private final AtomicReference<@Nullable Look> latest = new AtomicReference<>();

  /**
   * @param look looks; it has an end, and throws nothing
   * @param unknown what is said when that does not come in time
   * @param timeout how long one waits for a look that has begun
   */
  public Checkup(Supplier<T> look, Supplier<T> unknown, Clock clock, Duration timeout) {
    this.look = look;
    this.unknown = unknown;
    this.clock = clock;
    this.timeout = timeout;
  }

  private record Seen<T>(T what, Instant when) {}

  private final class Look implements Runnable {
    private final T before;
    private final long began = System.nanoTime();
    private final CompletableFuture<Seen<T>> seen = new CompletableFuture<>();

    Look(T before) {
      this.before = before;
    }

    @Override
    public void run() {
      try {
        complete(look.get());
      } finally {
        complete(unknown.get()); // unless it is complete
      }
    }

    /** It inherits nothing that is bound to the thread of the one who asked. */
    void begin() {
      Thread thread = new Thread(null, this, "onbehalf-checkup", 0, false);
      thread.setDaemon(true);
      boolean begun = false;
      try {
        thread.start();
        begun = true;
      } finally {
        if (!begun) {
          complete(unknown.get());
        }
      }
    }

    private void complete(T what) {
      seen.complete(new Seen<>(what, clock.instant()));
    }

    boolean isOld() {
      return seen.isDone() && !clock.instant().isBefore(seen.join().when().plus(RECENT));
    }

    T await() {
      if (seen.isDone()) {
        return seen.join().what();
      }
      if (!places.tryAcquire()) {
        return before;
      }
      try {
        long left = timeout.toNanos() - (System.nanoTime() - began);
        return seen.get(Math.max(0, left), TimeUnit.NANOSECONDS).what();
      } catch (TimeoutException e) {
        return unknown.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return unknown.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      } finally {
        places.release();
      }
    }
  }

  /** How it is, as of some seconds ago at most. */
  public T latest() {
    Look known = latest.get();
    if (known != null && !known.isOld()) {
      return known.await();
    }
    Look mine = new Look(known == null ? unknown.get() : known.seen.join().what());
    Look other = latest.compareAndExchange(known, mine);
    if (other != known && other != null) {
      return other.await();
    }
    mine.begin();
    return mine.await();
  }
}
