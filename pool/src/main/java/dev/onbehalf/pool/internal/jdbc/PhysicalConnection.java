package dev.onbehalf.pool.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * A driver's connection as the wrappers see it: whom to tell when a lease ends, and whether the
 * connection can serve again.
 *
 * <p>A lease is one borrowing, from the moment a caller gets the connection until the wrapper is
 * closed. Leases of one connection are numbered, and each call names its lease, so that a wrapper
 * that is closed late or twice can't end the lease of the next borrower.
 */
public interface PhysicalConnection {

  /** The login role, for messages. */
  String user();

  /** The driver's own connection. */
  Connection driver();

  /** Whether the driver wants to know where a request begins and ends. */
  boolean hearsRequests();

  /** How the session looked when it was new. */
  SessionDefaults defaults();

  /** Whether the connection failed and must not be handed out again. */
  boolean isBroken();

  /** Sees to it that the connection is closed when its lease ends. */
  void markBroken();

  /** Ends a lease that left nothing to clean; does nothing if the lease has ended already. */
  void giveBack(long lease);

  /**
   * Ends a lease whose session must be cleaned first, or begins one of which the driver must hear
   * first; from now on that is watched. False if the lease has ended already.
   */
  boolean startCleaning(long lease);

  /**
   * Has {@code cleaning} done by another thread, within a deadline; that may end in any way. Who
   * gave the connection back does not wait: the driver may never answer.
   */
  void cleanElsewhere(Runnable cleaning);

  /** The session is clean again, or the connection broken. */
  void cleaned();

  /** As {@link #cleaned}, and the lease goes on; false if that took too long. */
  boolean cleanedForUse();

  /**
   * Ends a lease whose connection is aborted, whether it is in use or being cleaned; false if it
   * has ended already. {@link #aborted} follows.
   */
  boolean startAborting(long lease);

  /** The connection is aborted. */
  void aborted();

  /** Where a borrower who can't end a lease leaves word. */
  LostLease lost();

  /** Whether an error ends the connection though its SQLState doesn't say so. */
  default boolean endsConnection(SQLException exception) {
    return false;
  }

  /**
   * Looks at how a driver's call failed: anything but an SQLException may have stopped it half-way
   * through a message, so that the connection can't be used again.
   */
  default void failed(Throwable thrown) {
    if (!(thrown instanceof SQLException exception) || isFatal(exception)) {
      markBroken();
    }
  }

  private boolean isFatal(SQLException exception) {
    try {
      return FatalErrors.anyIn(exception, this::endsConnection) || driver().isClosed();
    } catch (SQLException | RuntimeException | Error e) { // the driver's, or of who was asked
      return true;
    }
  }
}
