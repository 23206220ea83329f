package dev.onbehalf.pool;

/**
 * Stands by whatever takes time, to measure or to trace it. The pool tells of {@code acquire}, an
 * acquisition that finds no idle connection to take at once, of {@code credential}, the question to
 * the provider, and of {@code login}; who uses the pool may tell of more.
 *
 * <pre>{@code
 * public <T, E extends Exception> T observe(String operation, Work<T, E> work) throws E {
 *   try (Span span = tracer.span(operation)) { return work.run(); }
 * }
 * }</pre>
 *
 * <p>An acquisition that does find one is over sooner than it can be observed: {@link
 * PoolStatistics#acquired} counts it, and who {@linkplain #hearsLeases asks for it} is told how
 * long it took. Called from many threads at once.
 */
public interface Observer {
  /** Looks at nothing. */
  Observer NOBODY = new Observer() {};

  /** What is observed. */
  @FunctionalInterface
  interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /**
   * Runs {@code work} once, on this thread, and lets through what it gives or throws.
   *
   * @param operation one of few names; never who it is for
   */
  default <T, E extends Exception> T observe(String operation, Work<T, E> work) throws E {
    return work.run();
  }

  /**
   * Whether to be told of each lease, by {@link #leased} and {@link #returned}; asked once. It
   * costs every acquisition two readings of the clock.
   */
  default boolean hearsLeases() {
    return false;
  }

  /**
   * A caller got a connection, at once or after a wait. Called on the caller's thread.
   *
   * @param nanos how long that took
   * @param opened whether it was opened while the caller waited; otherwise it was there already
   */
  default void leased(long nanos, boolean opened) {}

  /**
   * A caller gave a connection back.
   *
   * @param nanos for how long they had it
   */
  default void returned(long nanos) {}

  /**
   * Called on a thread that hands {@code task} over to another one, a caller's perhaps, which waits
   * for it; not by whoever watches the time, who hands it over once more where it has not begun
   * within a second.
   *
   * @return what runs there: the task, perhaps as a part of what is being observed here
   */
  default Runnable handOver(Runnable task) {
    return task;
  }

  /**
   * Both of them: what this one looks at, the other looks at within. One that throws may hide from
   * the other what it looked at.
   */
  default Observer and(Observer other) {
    return new BothObservers(this, other);
  }
}
