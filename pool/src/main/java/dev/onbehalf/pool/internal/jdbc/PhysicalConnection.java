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
public abstract class PhysicalConnection {
  private final Connection driver;
  private final SessionDefaults defaults;
  private final boolean hearsRequests;
  private volatile boolean broken;

  protected PhysicalConnection(Connection driver, boolean discardAll) throws SQLException {
    this.driver = driver;
    this.defaults = new SessionDefaults(driver, discardAll);
    this.hearsRequests = overridesBeginRequest(driver);
  }

  /** The login role, for messages. */
  public abstract String user();

  /** Ends a lease that left nothing to clean; does nothing if the lease has ended already. */
  protected abstract void giveBack(long lease);

  /** Ends a lease whose session must be cleaned first; false if the lease has ended already. */
  protected abstract boolean startCleaning(long lease);

  /** The session is clean again, or the connection broken. */
  protected abstract void cleaned();

  /** The driver's own connection. */
  public final Connection driver() {
    return driver;
  }

  /** Whether the connection failed and must not be handed out again. */
  public final boolean isBroken() {
    return broken;
  }

  /** Sees to it that the connection is closed when its lease ends. */
  public final void markBroken() {
    broken = true;
  }

  /** Hands the connection to a caller. */
  public final PooledConnection wrap(long lease) {
    if (hearsRequests) {
      beginRequest();
    }
    return new PooledConnection(this, lease);
  }

  final SessionDefaults defaults() {
    return defaults;
  }

  final boolean hearsRequests() {
    return hearsRequests;
  }

  /** Notes an error that ends the connection; returns it to be thrown on. */
  final SQLException checked(SQLException exception) {
    if (FatalErrors.anyIn(exception) || isClosedByDriver()) {
      markBroken();
    }
    return exception;
  }

  private boolean isClosedByDriver() {
    try {
      return driver.isClosed();
    } catch (SQLException e) {
      return true;
    }
  }

  private void beginRequest() {
    try {
      driver.beginRequest();
    } catch (SQLException e) {
      checked(e); // a hint only: the caller's first statement meets the same error
    }
  }

  /** The default methods do nothing, so that a driver which keeps them needn't be called. */
  private static boolean overridesBeginRequest(Connection driver) {
    try {
      return driver.getClass().getMethod("beginRequest").getDeclaringClass() != Connection.class;
    } catch (NoSuchMethodException e) {
      return false;
    }
  }
}
