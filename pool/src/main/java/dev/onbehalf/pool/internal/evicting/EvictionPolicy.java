package dev.onbehalf.pool.internal.evicting;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the connection that is least worth keeping: the one whose user is least likely to come
 * back soon, judged by how often it has been used and how long ago, with what the policy has learnt
 * about such connections in this very workload.
 *
 * <pre>{@code
 * EvictionCandidate victim = policy.victim();       // budget full: whom to close
 * policy.closed(victim);
 * policy.opened(entry, EvictionPolicy.key(user, 1)); // and acquired(entry) at each later borrow
 * }</pre>
 *
 * <p>Thread-safety: {@link #opened}, {@link #closed} and {@link #victim} need one lock of the
 * caller's around them. {@link #acquired} needs none; it must be called by the thread that has the
 * connection to itself.
 */
public final class EvictionPolicy {
  /*
   * Every request must end with a connection, so the newcomer is always admitted; all a policy can
   * choose is who has to go. LRU is good at that when people come, work and leave, but keeps 0.72
   * of what the best static choice keeps when the same few people are always the busiest. Counting
   * requests is good at the latter and hopeless at the former, and no fixed ageing of the counts is
   * good at both. So nothing is fixed here. For each connection we know its count (aged, as in
   * LRFU: Lee et al., IEEE Trans. Computers 50(12), 2001) and its age since its latest request, and
   * ReturnRates measures, for each class of count and age, how many requests per unit of time such
   * connections really get. That is the idea of LHD (Beckmann, Chen, Cidon: "LHD: Improving Cache
   * Hit Rate by Maximizing Hit Density", NSDI 2018). Where people are busy for good, the rate turns
   * out to hang on the count alone; where they come and leave, on the age; after a sudden change,
   * old favourites fall into classes of great age that quickly prove to be worthless.
   *
   * Time is counted in requests: what is learnt from a thousand requests is then worth the same at
   * night and at noon. A counter that every borrower writes would be the one contended cache line
   * of the whole pool, so borrowers write only to the connection that they hold; the clock moves
   * when a connection is opened, when one has been used 256 times, and by the requests that
   * victim() finds on the connections it looks at. At 16 times, two threads spent a quarter of a
   * lease on that line; what is kept warm is the same, for victim() comes long before.
   *
   * victim() looks at up to 64 connections, all of them up to that size; of more, the 64 next to a
   * hand that goes around. Every few requests another hand does the same to learn: as it goes around
   * evenly, what it sees is a fair sample of the time that connections spend in each class. Closed
   * connections have to be observed as well, else a class that is always evicted could never prove
   * its worth again.
   */

  private static final int WINDOW_PER_CONNECTION = 200;
  private static final int HISTORIES_PER_CONNECTION = 16;
  private static final int SWEEP = 64;
  private static final int OBSERVE_EVERY = 5;
  private static final int CLOSED_SWEEP = 8;
  private static final int UNSEEN_STEP = 256;

  private final int window;
  private final AtomicInteger clock = new AtomicInteger();
  private final ReturnRates rates;
  private final ClosedConnections closed;

  private EvictionCandidate[] open = new EvictionCandidate[16];
  private int size;
  private int hand;
  private int observingHand;
  private int lastObservation;

  /**
   * Creates a policy that knows of no connection.
   *
   * @param budget how many connections there may be, at least 1; it sets how much is remembered (12
   *     bytes for each of 16 closed connections per open one) and for how long (200 requests per
   *     connection)
   * @throws IllegalArgumentException if the budget is below 1
   */
  public EvictionPolicy(int budget) {
    if (budget < 1) {
      throw new IllegalArgumentException("budget must be at least 1, was " + budget);
    }
    int planned = Math.min(Math.max(budget, 10), 100_000);
    window = planned * WINDOW_PER_CONNECTION;
    rates = new ReturnRates(window);
    closed = new ClosedConnections(planned * HISTORIES_PER_CONNECTION, window);
  }

  /**
   * Names a connection's history. A user's second connection is needed more rarely than the first,
   * so it has a history of its own.
   *
   * @param user the user
   * @param ordinal how many connections the user has, this one included
   * @return the key; two users may share one, which harms nothing but the accuracy
   */
  public static int key(String user, int ordinal) {
    return user.hashCode() + ordinal * 0x9E3779B9;
  }

  /** Whether the connection was added, and not removed since. */
  public boolean has(EvictionCandidate candidate) {
    return candidate.position >= 0;
  }

  /**
   * Adds a connection that has just been opened for a request.
   *
   * @param candidate the connection, unknown to this policy so far
   * @param key its {@link #key}
   */
  public void opened(EvictionCandidate candidate, int key) {
    int now = clock.incrementAndGet();
    candidate.key = key;
    candidate.count = 1;
    candidate.lastRequest = now;
    candidate.gap = 0;
    candidate.unseen = 0;
    int history = closed.find(key);
    if (history >= 0) {
      int age = now - closed.lastRequest(history);
      rates.returned(closed.count(history), age, 1);
      candidate.count += closed.count(history) * decay(age, window);
      closed.remove(history);
    }
    if (size == open.length) {
      open = Arrays.copyOf(open, 2 * size);
    }
    candidate.position = size;
    open[size++] = candidate;
  }

  /**
   * Notes that an open connection serves another request. Costs a few nanoseconds and writes to
   * nothing that other connections share, save once in 256 times.
   *
   * @param candidate the connection, held by the calling thread alone
   */
  public void acquired(EvictionCandidate candidate) {
    int now = clock.getOpaque();
    int age = now - candidate.lastRequest;
    candidate.count = candidate.count * decay(age, window) + 1;
    candidate.gap = age;
    candidate.lastRequest = now;
    int unseen = candidate.unseen + 1;
    candidate.unseen = unseen;
    if (unseen % UNSEEN_STEP == 0) {
      clock.getAndAdd(UNSEEN_STEP);
    }
  }

  /**
   * Removes a connection that is being closed, for whatever reason, and keeps its history.
   *
   * @param candidate the connection; nothing happens if this policy does not know it
   */
  @SuppressWarnings("NullAway") // the array's free places hold null, and are never read
  public void closed(EvictionCandidate candidate) {
    if (candidate.position < 0) {
      return;
    }
    EvictionCandidate last = open[--size];
    open[candidate.position] = last;
    last.position = candidate.position;
    open[size] = null;
    candidate.position = -1;
    closed.add(candidate.key, candidate.count, candidate.lastRequest, clock.getOpaque());
  }

  /**
   * Chooses whom to close. The connection stays known until {@link #closed} is called for it; where
   * its user has been quicker, ask again.
   *
   * @return the evictable connection least worth keeping; null if none can be evicted
   */
  public @Nullable EvictionCandidate victim() {
    return victim(EvictionCandidate::isEvictable);
  }

  /** As {@link #victim()}, of those for which {@code evictable} holds. */
  public @Nullable EvictionCandidate victim(Predicate<EvictionCandidate> evictable) {
    observe();
    int now = clock.getOpaque();
    EvictionCandidate worst = null;
    float least = Float.POSITIVE_INFINITY;
    // Where nothing in the first sweep can be evicted, look further.
    for (int looked = 0; looked < size && (looked < SWEEP || worst == null); looked++) {
      hand = hand + 1 < size ? hand + 1 : 0;
      EvictionCandidate candidate = open[hand];
      float worth = rates.worth(candidate.count, now - candidate.lastRequest);
      if (worth < least && evictable.test(candidate)) {
        least = worth;
        worst = candidate;
      }
    }
    return worst;
  }

  /** Returns all that were opened and not closed; needs the lock as well. */
  public List<EvictionCandidate> open() {
    return Collections.unmodifiableList(Arrays.asList(open).subList(0, size));
  }

  private void observe() {
    int now = clock.getOpaque();
    int elapsed = now - lastObservation;
    if (elapsed < OBSERVE_EVERY && elapsed >= 0) {
      return;
    }
    lastObservation = now;
    // After a long time without decisions we know that there were requests, but hardly when.
    boolean learn = elapsed >= 0 && elapsed < window;
    int found = observeOpen(now, elapsed, learn);
    if (learn) {
      observeClosed(now, elapsed);
      rates.fade(now);
    }
    clock.getAndAdd(found);
  }

  /** Returns how many requests it found that the clock has not counted. */
  private int observeOpen(int now, int elapsed, boolean learn) {
    int sweep = Math.min(size, SWEEP);
    int found = 0;
    for (int i = 0; i < sweep; i++) {
      observingHand = observingHand + 1 < size ? observingHand + 1 : 0;
      EvictionCandidate candidate = open[observingHand];
      int unseen = candidate.unseen;
      candidate.unseen = 0;
      found += unseen % UNSEEN_STEP;
      if (learn && unseen > 0) {
        rates.returned(candidate.count - 1, candidate.gap, unseen);
      }
      if (learn) {
        float time = (float) elapsed * size / sweep;
        rates.exposed(candidate.count, now - candidate.lastRequest, time);
      }
    }
    return found;
  }

  private void observeClosed(int now, int elapsed) {
    for (int i = 0; i < CLOSED_SWEEP; i++) {
      int history = closed.next();
      if (history >= 0) {
        float weight = (float) elapsed * closed.capacity() / CLOSED_SWEEP;
        rates.exposed(closed.count(history), now - closed.lastRequest(history), weight);
      }
    }
  }

  /** What an observation is still worth: about exp(-age / window), in a few multiplications. */
  static float decay(int age, int window) {
    if (age < 0 || age >= 8 * window) {
      return 0;
    }
    float x = 1 - age / (8f * window);
    x *= x;
    x *= x;
    return x * x;
  }
}
