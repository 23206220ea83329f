package dev.onbehalf.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.Lane.Turn;
import dev.onbehalf.identity.internal.RepeatedWarning;
import dev.onbehalf.pool.Observer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A bounded cache of answers that are dear to get: callers who want the same answer share one
 * look-up, and each answer says itself until when it is good.
 *
 * <p>The look-up runs in a {@link Lane}, never on a caller's thread, so a caller that gives up or
 * is interrupted takes nothing from the others; one that all have given up before it began is not
 * made. Failures are not kept. Thread-safe.
 *
 * <p>A look-up is found by its key from its first caller until it is over. Ending it and forgetting
 * it are steps of the map's own {@code compute}: what was forgotten in between is not kept.
 */
final class SharedLookup<K, V extends SharedLookup.Expiring> {
  private static final RepeatedWarning late = RepeatedWarning.of(SharedLookup.class);

  /** An answer with an end. */
  interface Expiring {
    Instant goodUntil();
  }

  /** What a look-up came to. Always a value, so that each caller throws an exception of its own. */
  private sealed interface Outcome<V> {
    V answer();
  }

  private record Answered<V>(V answer) implements Outcome<V> {}

  private record Failed<V>(RuntimeException failure) implements Outcome<V> {
    @Override
    public V answer() {
      throw failure;
    }
  }

  private record SentAway<V>() implements Outcome<V> {
    @Override
    public V answer() {
      throw new IdentityException(
          Reason.BUSY, "Too many sign-ins wait for their proof. Try again in a moment.");
    }
  }

  private final Cache<K, V> answers;
  private final ConcurrentMap<K, Asked> underWay = new ConcurrentHashMap<>();
  private final Clock clock;
  private final Duration timeout;
  private final Observer observer;

  SharedLookup(long maximumSize, Clock clock, Duration timeout, Observer observer) {
    this.clock = clock;
    this.timeout = timeout;
    this.observer = observer;
    this.answers =
        Caffeine.newBuilder()
            .maximumSize(maximumSize)
            .executor(Runnable::run)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .expireAfter(
                Expiry.<K, V>creating(
                    (key, answer) -> remaining(clock.instant(), answer.goodUntil())))
            .build();
  }

  private static Duration remaining(Instant now, Instant end) {
    return end.isAfter(now) ? Duration.between(now, end) : Duration.ZERO;
  }

  /**
   * One look-up of one key, in the lane of who asked first: whoever joins it waits there, wherever
   * they would have stood themselves, since a lane can count only those that entered it.
   */
  private final class Asked extends Lane.Lookup {
    private final K key;
    private final Lane lane;
    private final Supplier<V> lookup;
    private final Runnable handedOver;
    private final CompletableFuture<Outcome<V>> outcome = new CompletableFuture<>();

    Asked(K key, Lane lane, Turn turn, Supplier<V> lookup) {
      super(turn);
      this.key = key;
      this.lane = lane;
      this.lookup = lookup;
      this.handedOver = observer.handOver(this::lookUp);
    }

    @Override
    void run() {
      try {
        handedOver.run();
      } finally {
        if (!outcome.isDone()) { // an Error
          end(new Failed<>(new IllegalStateException("The look-up ended unexpectedly")));
        }
      }
    }

    private void lookUp() {
      Outcome<V> found;
      try {
        V kept = kept(key); // found by somebody else just before this began
        found = new Answered<>(kept != null ? kept : lookup.get());
      } catch (RuntimeException e) {
        found = new Failed<>(e);
      }
      end(found);
    }

    @Override
    void sentAway() {
      end(new SentAway<>());
    }

    private void end(Outcome<V> found) {
      underWay.computeIfPresent(
          key,
          (k, asked) -> {
            if (asked != this) {
              return asked;
            }
            if (found instanceof Answered<V> good) {
              answers.put(k, good.answer());
            }
            return null;
          });
      outcome.complete(found);
    }
  }

  /**
   * The answer for {@code key}, from the cache or from {@code lookup}.
   *
   * @param lane where it is looked up, if nobody asks for it yet
   * @param turn its place among those who wait there
   * @throws IssuerUnavailableException when it does not come in time, or the thread is interrupted
   *     (its interrupt status stays set)
   * @throws IdentityException {@link Reason#BUSY} when the lane has no room
   * @throws RuntimeException whatever {@code lookup} throws
   */
  V get(K key, Lane lane, Turn turn, Supplier<V> lookup) {
    while (true) {
      V kept = kept(key);
      if (kept != null) {
        return kept;
      }
      Asked asked = asked(key, lane, turn, lookup);
      switch (enter(asked)) {
        case ADMITTED -> {
          return await(asked).answer();
        }
        case NO_ROOM -> {
          return new SentAway<V>().answer();
        }
        case OVER -> underWay.remove(key, asked); // given up by all before
      }
    }
  }

  private Lane.Entry enter(Asked asked) {
    try {
      return asked.lane.enter(asked);
    } catch (RejectedExecutionException closed) {
      throw new IssuerUnavailableException("Nothing is looked up any more: closed.", closed);
    }
  }

  /** The answer for {@code key} that is at hand, null if there is none. */
  @Nullable V kept(K key) {
    V answer = answers.getIfPresent(key);
    if (answer == null || answer.goodUntil().isAfter(clock.instant())) {
      return answer;
    }
    answers.asMap().remove(key, answer); // Caffeine would, a moment later
    return null;
  }

  private Asked asked(K key, Lane lane, Turn turn, Supplier<V> lookup) {
    Asked known = underWay.get(key);
    if (known != null) {
      return known;
    }
    Asked mine = new Asked(key, lane, turn, lookup);
    Asked other = underWay.putIfAbsent(key, mine);
    return other == null ? mine : other;
  }

  private Outcome<V> await(Asked asked) {
    try {
      return asked.outcome.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (TimeoutException e) {
      late.log("No answer within {} ms from what vouches for people", timeout.toMillis());
      throw new IssuerUnavailableException(
          "What vouches for people did not answer within %s ms. Try again in a few seconds."
              .formatted(timeout.toMillis()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IssuerUnavailableException(
          "Interrupted while waiting for what vouches for people.", e);
    } finally {
      if (asked.lane.leave(asked)) {
        underWay.remove(asked.key, asked);
      }
    }
  }

  /** Forgets the answer if it is one of {@code these}; the next caller asks again. */
  void forget(K key, Predicate<V> these) {
    answers.asMap().computeIfPresent(key, (k, answer) -> these.test(answer) ? null : answer);
  }

  /**
   * Forgets the answer for {@code key}, also one that is still being looked up: who waits for that
   * gets it, but it is not kept.
   */
  void forget(K key) {
    underWay.compute(
        key,
        (k, asked) -> {
          answers.invalidate(k);
          return null;
        });
  }

  /** Forgets the answers for all keys of {@code these}, as {@link #forget(Object)} does for one. */
  void forgetAll(Predicate<K> these) {
    underWay.keySet().stream().filter(these).forEach(this::forget);
    answers.asMap().keySet().stream().filter(these).forEach(this::forget);
  }

  /** How many answers are kept, or being looked up. */
  long size() {
    answers.cleanUp();
    return answers.estimatedSize() + underWay.size();
  }
}
