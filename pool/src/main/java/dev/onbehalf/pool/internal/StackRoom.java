package dev.onbehalf.pool.internal;

/**
 * Makes sure that there is stack left for what must not end half-way: a caller whose recursion is
 * about to overflow shall do so before anything of the pool's has changed, and before the lock is
 * taken, not after.
 */
public final class StackRoom {
  /** Some twenty kilobytes: a decision, and what follows from it, to start a thread, say. */
  private static final int CALLS = 128;

  /** Enough to enter a method that leaves word itself when it goes no further. */
  private static final int FEW_CALLS = 8;

  private StackRoom() {}

  /** As {@link #require}, for who decides nothing, but has a lease in hand when it calls. */
  public static long requireSome() {
    return descend(FEW_CALLS, 1, 2, 3, 4, 5, 6, 7);
  }

  /**
   * Goes down the stack and comes back.
   *
   * @throws StackOverflowError if there is too little of it
   */
  public static long require() {
    return descend(CALLS, 1, 2, 3, 4, 5, 6, 7);
  }

  private static long descend(int calls, long a, long b, long c, long d, long e, long f, long g) {
    return calls == 0 ? a + b : descend(calls - 1, b, c, d, e, f, g, a) + g;
  }
}
