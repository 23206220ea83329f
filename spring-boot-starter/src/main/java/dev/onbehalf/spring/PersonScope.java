package dev.onbehalf.spring;

/**
 * What else a thread goes by, besides its queries, while it works for a person: Spring Security's
 * authentication for one. Told where code binds the person ({@link OnBehalf#asUser}); a request's
 * own filters see to it themselves. Called by many threads at the same time.
 *
 * <pre>{@code
 * OnBehalf onBehalf = new OnBehalf(database).within(user -> {
 *   MDC.MDCCloseable logged = MDC.putCloseable("person", user);
 *   return logged::close;
 * });
 * }</pre>
 */
@FunctionalInterface
public interface PersonScope {
  /** Ends what was begun, on the same thread, and puts back what was before. */
  @FunctionalInterface
  interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Begins it on this thread, where the person is bound already.
   *
   * @param user the person's role
   */
  Scope begin(String user);
}
