package dev.onbehalf.pool;

/**
 * Hears of each lease, and whose it is: for an audit.
 *
 * <pre>{@code
 * UserPoolManager.builder(factory, provider)
 *     .leaseListener(user -> { Instant from = Instant.now(); return () -> audit(user, from); });
 * }</pre>
 *
 * <p>Called from many threads at once, and on the way of each caller: it must not block for long.
 * What it throws is logged, and hinders nobody.
 */
@FunctionalInterface
public interface LeaseListener {
  /** Hears nothing. */
  LeaseListener NOBODY = user -> () -> {};

  /** A lease that has begun. */
  @FunctionalInterface
  interface Lease {
    /**
     * It has ended: given back, aborted or taken away. Called once for each that began, on
     * whichever thread ended it.
     */
    void ended();
  }

  /**
   * A caller is about to get a connection. Called on the caller's thread.
   *
   * @param user the role that the connection is logged in as
   */
  Lease began(String user);
}
