package dev.onbehalf.identity;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Tells whether somebody has signed out since a given moment. What was asked before that must not
 * be kept, although its answer comes after it.
 *
 * <pre>{@code
 * long before = signOuts.now();
 * String user = ask();                              // whose token it is, is known only now
 * boolean mayBeKept = !signOuts.since(before, user);
 * }</pre>
 *
 * <p>A moment is how many have signed out until then. Names are remembered by their hash, in
 * constant memory: two people with one place cost each other a second question, nothing else. One
 * count for all would let whoever signs out again and again keep all others from signing in.
 * Thread-safe.
 */
final class SignOuts {
  private static final int PLACES = 4_096;

  private final AtomicLong count = new AtomicLong();
  private final AtomicLongArray last = new AtomicLongArray(PLACES);

  long now() {
    return count.get();
  }

  void add(String user) {
    last.accumulateAndGet(place(user), count.incrementAndGet(), Math::max);
  }

  /** As if everybody had signed out. */
  void addAll() {
    long now = count.incrementAndGet();
    for (int place = 0; place < PLACES; place++) {
      last.accumulateAndGet(place, now, Math::max);
    }
  }

  boolean since(long moment, String user) {
    return last.get(place(user)) > moment;
  }

  private static int place(String user) {
    int hash = user.hashCode();
    return (hash ^ (hash >>> 16)) & (PLACES - 1);
  }
}
