package dev.onbehalf.lakebase;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A bounded cache of answers that are dear to get: callers who want the same answer share one
 * look-up, and each answer says itself until when it is good.
 *
 * <p>The look-up runs on the executor, never on a caller's thread, so a caller that gives up or is
 * interrupted takes nothing from the others. Failures are not kept. Thread-safe.
 */
final class SharedLookup<K, V extends SharedLookup.Expiring> {
  /** An answer with an end. */
  interface Expiring {
    Instant goodUntil();
  }

  private final AsyncCache<K, V> answers;
  private final Clock clock;
  private final Executor executor;
  private final Duration timeout;

  SharedLookup(long maximumSize, Clock clock, Executor executor, Duration timeout) {
    this.clock = clock;
    this.executor = executor;
    this.timeout = timeout;
    this.answers =
        Caffeine.newBuilder()
            .maximumSize(maximumSize)
            .executor(Runnable::run)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .expireAfter(
                Expiry.<K, V>creating(
                    (key, answer) -> remaining(clock.instant(), answer.goodUntil())))
            .buildAsync();
  }

  private static Duration remaining(Instant now, Instant end) {
    return end.isAfter(now) ? Duration.between(now, end) : Duration.ZERO;
  }

  /**
   * The answer for {@code key}, from the cache or from {@code lookup}.
   *
   * @throws WorkspaceUnavailableException when it does not come in time, the thread is interrupted
   *     (its interrupt status stays set), or too many look-ups wait already
   * @throws RuntimeException whatever {@code lookup} throws
   */
  V get(K key, Supplier<V> lookup) {
    dropEnded(key);
    CompletableFuture<V> answer =
        answers.get(key, (k, ignored) -> CompletableFuture.supplyAsync(lookup, executor));
    try {
      return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new WorkspaceUnavailableException(
          "The Databricks workspace did not answer within %d ms. Try again in a few seconds."
              .formatted(timeout.toMillis()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WorkspaceUnavailableException(
          "Interrupted while waiting for the Databricks workspace.", e);
    }
  }

  /** Caffeine learns when an answer ends a moment after the answer itself is there. */
  private void dropEnded(K key) {
    CompletableFuture<V> known = answers.getIfPresent(key);
    if (known != null
        && known.isDone()
        && !known.isCompletedExceptionally()
        && !known.join().goodUntil().isAfter(clock.instant())) {
      answers.asMap().remove(key, known);
    }
  }

  /** Forgets the answer if it is one of {@code these}; the next caller asks again. */
  void forget(K key, Predicate<V> these) {
    answers
        .synchronous()
        .asMap()
        .computeIfPresent(key, (k, answer) -> these.test(answer) ? null : answer);
  }

  /**
   * Forgets the answer for {@code key}, also one that is still being looked up: who waits for that
   * gets it, but it is not kept.
   */
  void forget(K key) {
    answers.asMap().remove(key);
  }

  /**
   * Forgets all that are among {@code these}, and all that are still being looked up, for they
   * could turn out to be. Looks at every answer.
   */
  void forgetAll(Predicate<V> these) {
    answers
        .asMap()
        .values()
        .removeIf(
            answer ->
                !answer.isDone()
                    || (!answer.isCompletedExceptionally() && these.test(answer.join())));
  }

  /** Whether there is an answer for {@code key}, or one being looked up. */
  boolean has(K key) {
    return answers.getIfPresent(key) != null;
  }

  /** Takes {@code answer}, which somebody looks up already, unless there is one. */
  void offer(K key, CompletableFuture<V> answer) {
    answers.asMap().putIfAbsent(key, answer);
  }

  /** How many answers are kept, or being looked up. */
  long size() {
    answers.synchronous().cleanUp();
    return answers.asMap().size();
  }
}
