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
import org.jspecify.annotations.Nullable;

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

  /** What a look-up came to. Always a value: of a future that fails, Caffeine logs the stack. */
  private sealed interface Outcome<V extends Expiring> extends Expiring {
    V answer();
  }

  private record Answered<V extends Expiring>(V answer) implements Outcome<V> {
    @Override
    public Instant goodUntil() {
      return answer.goodUntil();
    }
  }

  private record Failed<V extends Expiring>(RuntimeException failure) implements Outcome<V> {
    @Override
    public V answer() {
      throw failure;
    }

    @Override
    public Instant goodUntil() {
      return Instant.MIN;
    }
  }

  private final AsyncCache<K, Outcome<V>> outcomes;
  private final Clock clock;
  private final Executor executor;
  private final Duration timeout;

  SharedLookup(long maximumSize, Clock clock, Executor executor, Duration timeout) {
    this.clock = clock;
    this.executor = executor;
    this.timeout = timeout;
    this.outcomes =
        Caffeine.newBuilder()
            .maximumSize(maximumSize)
            .executor(Runnable::run)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .expireAfter(
                Expiry.<K, Outcome<V>>creating(
                    (key, outcome) -> remaining(clock.instant(), outcome.goodUntil())))
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
    CompletableFuture<Outcome<V>> known = outcomes.getIfPresent(key);
    if (known != null && hasEnded(known)) {
      outcomes.asMap().remove(key, known);
      known = null;
    }
    CompletableFuture<Outcome<V>> asked =
        known != null ? known : outcomes.get(key, (k, ignored) -> begin(lookup));
    Outcome<V> outcome = await(asked);
    if (outcome instanceof Failed) {
      outcomes.asMap().remove(key, asked);
    }
    return outcome.answer();
  }

  /** Caffeine learns when an answer ends a moment after the answer itself is there. */
  private boolean hasEnded(CompletableFuture<Outcome<V>> lookup) {
    Outcome<V> outcome = outcome(lookup);
    return outcome != null && !outcome.goodUntil().isAfter(clock.instant());
  }

  /** Null while it is being looked up, and after an error. */
  private static <V extends Expiring> @Nullable Outcome<V> outcome(
      CompletableFuture<Outcome<V>> lookup) {
    return lookup.isDone() && !lookup.isCompletedExceptionally() ? lookup.join() : null;
  }

  private CompletableFuture<Outcome<V>> begin(Supplier<V> lookup) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return new Answered<>(lookup.get());
          } catch (RuntimeException e) {
            return new Failed<>(e);
          }
        },
        executor);
  }

  private Outcome<V> await(CompletableFuture<Outcome<V>> lookup) {
    try {
      return lookup.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new WorkspaceUnavailableException(
          "The Databricks workspace did not answer within %s ms. Try again in a few seconds."
              .formatted(timeout.toMillis()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WorkspaceUnavailableException(
          "Interrupted while waiting for the Databricks workspace.", e);
    }
  }

  /** Forgets the answer if it is one of {@code these}; the next caller asks again. */
  void forget(K key, Predicate<V> these) {
    outcomes
        .asMap()
        .computeIfPresent(
            key,
            (k, lookup) ->
                outcome(lookup) instanceof Answered<V> known && these.test(known.answer())
                    ? null
                    : lookup);
  }

  /**
   * Forgets the answer for {@code key}, also one that is still being looked up: who waits for that
   * gets it, but it is not kept.
   */
  void forget(K key) {
    outcomes.asMap().remove(key);
  }

  /** Whether there is an answer for {@code key}, or one being looked up. */
  boolean has(K key) {
    CompletableFuture<Outcome<V>> known = outcomes.getIfPresent(key);
    return known != null && !hasEnded(known);
  }

  /**
   * Begins a look-up before it is known for which key it is. Until it is offered, nobody can find
   * it.
   *
   * @throws WorkspaceUnavailableException when too many look-ups wait already
   */
  Ahead ahead(Supplier<V> lookup) {
    return new Ahead(begin(lookup));
  }

  /** A look-up without a key. */
  final class Ahead {
    private final CompletableFuture<Outcome<V>> lookup;

    private Ahead(CompletableFuture<Outcome<V>> lookup) {
      this.lookup = lookup;
    }

    /** Takes it for the answer for {@code key}, unless there is one. */
    void offer(K key) {
      outcomes.asMap().putIfAbsent(key, lookup);
    }

    /** Takes back what was offered. */
    void withdraw(K key) {
      outcomes.asMap().remove(key, lookup);
    }

    /** Nobody wants it: if it has not begun, it never will. */
    void cancel() {
      lookup.cancel(false);
    }
  }

  /** How many answers are kept, or being looked up. */
  long size() {
    outcomes.synchronous().cleanUp();
    return outcomes.asMap().size();
  }
}
