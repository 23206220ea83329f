package dev.onbehalf.pool.internal.jdbc;

import static dev.onbehalf.pool.internal.jdbc.SessionDefaults.CLIENT_INFO;
import static dev.onbehalf.pool.internal.jdbc.SessionDefaults.DRIVER;
import static dev.onbehalf.pool.internal.jdbc.SessionDefaults.ISOLATION;
import static dev.onbehalf.pool.internal.jdbc.SessionDefaults.READ_ONLY;
import static dev.onbehalf.pool.internal.jdbc.SessionDefaults.SCHEMA;
import static dev.onbehalf.pool.internal.jdbc.SessionDefaults.UNWRAPPED;
import static dev.onbehalf.pool.internal.jdbc.SessionDefaults.USED;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One lease of a connection: what a caller holds between {@code getConnection()} and {@code
 * close()}.
 *
 * <p>It delegates to the driver's connection while the lease lasts and to {@link ClosedConnection}
 * afterwards. Each kind of change to the session sets a bit; closing undoes what the bits tell of,
 * and a lease that changed nothing ends without a word to the driver. An error that ends the
 * connection marks it broken, so that it is closed and not handed out again.
 *
 * <p>Like a driver's connection, it is meant for one thread at a time. Closing it twice, also from
 * two threads, is safe: the second has no effect.
 */
public final class PooledConnection extends ForwardingConnection {
  private final PhysicalConnection physical;
  private final LostLease lost;
  private final long lease;

  /** Not volatile: the compare-and-set that ends the lease publishes it. */
  private Connection delegate;

  private int dirty;
  private @Nullable OpenResources resources;

  /** Hands a leased connection to a caller. */
  public PooledConnection(PhysicalConnection physical, long lease, Connection driver) {
    this.physical = physical;
    this.lost = physical.lost();
    this.lease = lease;
    this.delegate = driver;
  }

  /**
   * Tells the driver that a request begins, if it wants to know. It has as long as for a cleaning;
   * a connection over it is aborted, and the lease with it.
   */
  public PooledConnection begin() {
    if (physical.hearsRequests()) {
      dirty = USED; // the driver has to hear of the end as well
      boolean watched = physical.startCleaning(lease);
      tellBegin();
      if (!watched || !physical.cleanedForUse()) {
        delegate = ClosedConnection.INSTANCE;
      }
    }
    return this;
  }

  private void tellBegin() {
    try {
      delegate.beginRequest();
    } catch (SQLException e) {
      physical.failed(e); // a hint only: the caller's first statement meets the same error
    } catch (RuntimeException e) {
      physical.failed(e); // serves this caller if it can, and nobody after
      DriverCalls.debug("A driver's beginRequest failed for \"" + physical.user() + "\"", e);
    }
  }

  // The end of a lease

  @Override
  public void close() {
    delegate = ClosedConnection.INSTANCE;
    try {
      end();
    } catch (RuntimeException
        | Error e) { // the stack ran out, say: the place comes home all the same
      lost.lease = lease;
      throw e;
    }
  }

  private void end() {
    if (dirty == 0) {
      physical.giveBack(lease);
    } else if (physical.startCleaning(lease)) {
      if (dirty == UNWRAPPED && !physical.isBroken()) {
        physical.cleanElsewhere(this::clean); // an open COPY, say, lets no other call begin
      } else {
        clean();
      }
    }
  }

  private void clean() {
    try {
      if (!physical.isBroken()) {
        undo();
      }
    } catch (SQLException | RuntimeException e) {
      // Closing it ends the transaction as well, so the caller has nothing to know.
      physical.markBroken();
      DriverCalls.debug(
          "Closing a connection of \"" + physical.user() + "\" that could not be cleaned", e);
    } catch (Error e) { // the stack ran out, say: the place must come home all the same
      physical.markBroken();
      throw e;
    } finally {
      physical.cleaned();
    }
  }

  private void undo() throws SQLException {
    if (resources != null) {
      resources.closeAll();
    }
    physical.defaults().restore(dirty);
    if (physical.hearsRequests()) {
      physical.driver().endRequest();
    }
  }

  @Override
  public void abort(Executor executor) throws SQLException {
    // Mostly another thread's call, which may come when the next lease has begun.
    if (!physical.startAborting(lease)) {
      return;
    }
    physical.markBroken();
    delegate = ClosedConnection.INSTANCE;
    try {
      physical.driver().abort(executor);
    } finally {
      physical.aborted();
    }
  }

  @Override
  public boolean isClosed() throws SQLException {
    try {
      return delegate.isClosed(); // asks nobody, so that there is nothing to clean after it
    } catch (Throwable e) {
      failed(e);
      throw e;
    }
  }

  @Override
  public boolean isValid(int timeoutSeconds) throws SQLException {
    if (physical.isBroken() && timeoutSeconds >= 0) {
      return false;
    }
    boolean valid = super.isValid(timeoutSeconds);
    if (!valid && !isOver()) {
      physical.markBroken();
    }
    return valid;
  }

  boolean isOver() {
    return delegate == ClosedConnection.INSTANCE;
  }

  /** Fails once the lease is over. */
  void requireOpen() throws SQLException {
    if (isOver()) {
      throw ClosedConnection.failure();
    }
  }

  // The driver's objects

  @Override
  PooledConnection lease() {
    return this;
  }

  @Override
  Wrapper delegate() {
    return delegate;
  }

  /**
   * Whatever is called may ask the server: that may find the connection broken, and begins a
   * transaction where auto-commit is off, so that the return has to look.
   */
  @Override
  Connection talking() {
    dirty |= USED;
    return delegate;
  }

  @Override
  Statement wrap(Statement statement) throws SQLException {
    return track(new PooledStatement<>(this, statement));
  }

  @Override
  PreparedStatement wrap(PreparedStatement statement) throws SQLException {
    return track(new PooledPreparedStatement<>(this, statement));
  }

  @Override
  CallableStatement wrap(CallableStatement statement) throws SQLException {
    return track(new PooledCallableStatement(this, statement));
  }

  @Override
  DatabaseMetaData wrap(DatabaseMetaData metaData) {
    return new PooledMetaData(this, metaData);
  }

  /**
   * To be closed with the lease: at once, if another thread has ended that while the driver made
   * it.
   */
  <R extends AutoCloseable> R track(R resource) throws SQLException {
    if (resources == null) {
      resources = new OpenResources();
    }
    resources.add(resource);
    if (isOver()) { // after it was added: whoever ends the lease closes what is there by then
      resources.closeAll();
      throw ClosedConnection.failure();
    }
    return resource;
  }

  void untrack(AutoCloseable resource) {
    if (resources != null) {
      resources.remove(resource);
    }
  }

  // What a return has to know of

  void noteFailure(Throwable thrown) {
    // After the lease, an SQLException only says that it is over.
    if (!isOver() || !(thrown instanceof SQLException)) {
      physical.failed(thrown);
    }
  }

  void noteSql(String sql) {
    dirty |= LastingSql.leftBy(sql);
  }

  void noteUnwrapping() {
    dirty = UNWRAPPED;
  }

  @Override
  public void setReadOnly(boolean readOnly) throws SQLException {
    dirty |= READ_ONLY;
    super.setReadOnly(readOnly);
  }

  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    dirty |= ISOLATION;
    super.setTransactionIsolation(level);
  }

  @Override
  public void setSchema(String schema) throws SQLException {
    dirty |= SCHEMA;
    super.setSchema(schema);
  }

  @Override
  public void setClientInfo(String name, String value) throws SQLClientInfoException {
    dirty |= CLIENT_INFO;
    super.setClientInfo(name, value);
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    dirty |= CLIENT_INFO;
    super.setClientInfo(properties);
  }

  @Override
  public void setHoldability(int holdability) throws SQLException {
    dirty |= DRIVER;
    super.setHoldability(holdability);
  }

  @Override
  public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
    dirty |= DRIVER;
    super.setNetworkTimeout(executor, milliseconds);
  }

  @Override
  public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
    dirty |= DRIVER;
    super.setTypeMap(map);
  }

  /** The map may be the driver's own, and be changed in place. */
  @Override
  public Map<String, Class<?>> getTypeMap() throws SQLException {
    dirty |= DRIVER;
    return super.getTypeMap();
  }

  @Override
  public String toString() {
    return "connection of \"%s\", lease %s%s"
        .formatted(physical.user(), lease, isOver() ? ", closed" : "");
  }
}
