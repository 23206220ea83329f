package dev.onbehalf.pool.internal.jdbc;

/**
 * Word that a lease will not be ended by its borrower. It is left by one write to a field, for
 * whose stack has run out can call nothing; whoever looks after the connection ends the lease.
 */
public final class LostLease {
  /** Which lease; zero for none. */
  public volatile long lease;

  /** Whether it is the present one: left by who has it, before they know its number. */
  public volatile boolean present;
}
