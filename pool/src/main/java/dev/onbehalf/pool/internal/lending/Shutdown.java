package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.deciding.Parts;
import dev.onbehalf.pool.internal.deciding.Todo;
import dev.onbehalf.pool.internal.user.Slot;
import dev.onbehalf.pool.internal.work.Chores;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;

/**
 * Closes all pools: at once what is idle, after a grace period what is in use, and at last whatever
 * hangs.
 */
final class Shutdown {
  /** To abort is to close a socket; who hears of a lease's end has as long. */
  private static final Duration LONGEST_ABORT = Duration.ofSeconds(1);

  private final Settings settings;
  private final Parts parts;
  private final Chores chores;
  private final LongSupplier ticker;
  private final Runnable stopThreads;
  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * @param stopThreads done when all connections are closed
   */
  Shutdown(
      Settings settings, Parts parts, Chores chores, LongSupplier ticker, Runnable stopThreads) {
    this.settings = settings;
    this.parts = parts;
    this.chores = chores;
    this.ticker = ticker;
    this.stopThreads = stopThreads;
  }

  /** Returns when it is done, for the second caller too. */
  void close() {
    boolean[] first = new boolean[1];
    try {
      chores.decide(
          todo -> {
            first[0] = parts.decisions().close();
            if (first[0]) {
              closePools(todo);
            }
          });
    } catch (RuntimeException | Error e) { // half-way
      if (first[0]) {
        endAfter(e);
      }
      throw e;
    }
    if (first[0]) {
      end();
    } else {
      awaitEnd();
    }
  }

  private void closePools(Todo todo) {
    for (Slot slot : List.copyOf(parts.users().all())) {
      parts.changes().closePool(slot, Refusals.managerClosed(), now(), todo);
    }
  }

  /** Whoever closes first closes all, or nobody does. */
  private void endAfter(Throwable failure) {
    try {
      chores.decide(
          todo -> {
            parts.recount().afterDamage(now(), todo);
            closePools(todo);
          });
    } catch (RuntimeException | Error e) {
      failure.addSuppressed(e);
    }
    try {
      end();
    } catch (RuntimeException | Error e) {
      failure.addSuppressed(e);
    }
  }

  private void end() {
    try {
      if (!parts.decisions().awaitEmpty(settings.closeGracePeriod())) {
        chores.decide(todo -> parts.overdue().abortAll(now(), todo));
        parts.decisions().awaitEmpty(abortTime());
      }
    } finally {
      giveUp();
    }
  }

  private void giveUp() {
    try {
      chores.decide(todo -> parts.overdue().giveUpAll(now(), todo));
      chores.awaitHooks(LONGEST_ABORT);
    } finally {
      stopThreads.run();
      ended.countDown();
    }
  }

  private Duration abortTime() {
    Duration answer = settings.validationTimeout();
    return answer.compareTo(LONGEST_ABORT) < 0 ? answer : LONGEST_ABORT;
  }

  private void awaitEnd() {
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long now() {
    return ticker.getAsLong();
  }
}
