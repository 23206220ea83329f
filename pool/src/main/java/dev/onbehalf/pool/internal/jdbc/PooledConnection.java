package dev.onbehalf.pool.internal.jdbc;

import static dev.onbehalf.pool.internal.jdbc.SessionDefaults.AUTO_COMMIT;
import static dev.onbehalf.pool.internal.jdbc.SessionDefaults.CATALOG;
import static dev.onbehalf.pool.internal.jdbc.SessionDefaults.HOLDABILITY;
import static dev.onbehalf.pool.internal.jdbc.SessionDefaults.ISOLATION;
import static dev.onbehalf.pool.internal.jdbc.SessionDefaults.NETWORK_TIMEOUT;
import static dev.onbehalf.pool.internal.jdbc.SessionDefaults.READ_ONLY;
import static dev.onbehalf.pool.internal.jdbc.SessionDefaults.SCHEMA;
import static dev.onbehalf.pool.internal.jdbc.SessionDefaults.USED;

import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.ShardingKey;
import java.sql.Statement;
import java.sql.Struct;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
public final class PooledConnection implements Connection {
  private static final Logger log = LoggerFactory.getLogger(PooledConnection.class);

  private final PhysicalConnection physical;
  private final long lease;

  /** Not volatile: the compare-and-set that ends the lease publishes it. */
  private Connection delegate;

  private int dirty;
  private @Nullable OpenResources resources;

  /** Hands a leased connection to a caller. */
  public PooledConnection(PhysicalConnection physical, long lease, Connection driver) {
    this.physical = physical;
    this.lease = lease;
    this.delegate = driver;
  }

  /** Tells the driver that a request begins, if it wants to know. */
  public PooledConnection begin() {
    if (physical.hearsRequests()) {
      dirty = USED; // the driver has to hear of the end as well
      try {
        delegate.beginRequest();
      } catch (SQLException e) {
        checked(e); // a hint only: the caller's first statement meets the same error
      } catch (RuntimeException e) {
        log.debug("A driver's beginRequest failed for \"{}\"", physical.user(), e);
        physical.markBroken(); // serves this caller if it can, and nobody after
      }
    }
    return this;
  }

  // The end of a lease

  @Override
  public void close() {
    if (delegate == ClosedConnection.INSTANCE) {
      return;
    }
    delegate = ClosedConnection.INSTANCE;
    if (dirty == 0) {
      physical.giveBack(lease);
    } else if (physical.startCleaning(lease)) {
      try {
        clean();
      } catch (Error e) { // the stack ran out, say: the place must come home all the same
        physical.markBroken();
        throw e;
      } finally {
        physical.cleaned();
      }
    }
  }

  private void clean() {
    if (physical.isBroken()) {
      return;
    }
    try {
      if (resources != null) {
        resources.closeAll();
      }
      physical.defaults().restore(dirty);
      if (physical.hearsRequests()) {
        physical.driver().endRequest();
      }
    } catch (SQLException | RuntimeException e) {
      // Closing it ends the transaction as well, so the caller has nothing to know.
      log.debug("Closing a connection of \"{}\" that could not be cleaned", physical.user(), e);
      physical.markBroken();
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
    return delegate.isClosed();
  }

  @Override
  public boolean isValid(int timeoutSeconds) throws SQLException {
    if (physical.isBroken() && timeoutSeconds >= 0) {
      return false;
    }
    boolean valid = talking().isValid(timeoutSeconds);
    if (!valid && delegate != ClosedConnection.INSTANCE) {
      physical.markBroken();
    }
    return valid;
  }

  // Statements

  @Override
  public Statement createStatement() throws SQLException {
    try {
      return track(new PooledStatement<>(this, delegate.createStatement()));
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public Statement createStatement(int type, int concurrency) throws SQLException {
    try {
      return track(new PooledStatement<>(this, delegate.createStatement(type, concurrency)));
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
    try {
      return track(
          new PooledStatement<>(this, delegate.createStatement(type, concurrency, holdability)));
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public PreparedStatement prepareStatement(String sql) throws SQLException {
    try {
      return track(new PooledPreparedStatement(this, delegate.prepareStatement(sql)));
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency)
      throws SQLException {
    try {
      return track(
          new PooledPreparedStatement(this, delegate.prepareStatement(sql, type, concurrency)));
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    try {
      return track(
          new PooledPreparedStatement(
              this, delegate.prepareStatement(sql, type, concurrency, holdability)));
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int autoGeneratedKeys) throws SQLException {
    try {
      return track(
          new PooledPreparedStatement(this, delegate.prepareStatement(sql, autoGeneratedKeys)));
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int[] columnIndexes) throws SQLException {
    try {
      return track(
          new PooledPreparedStatement(this, delegate.prepareStatement(sql, columnIndexes)));
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public PreparedStatement prepareStatement(String sql, String[] columnNames) throws SQLException {
    try {
      return track(new PooledPreparedStatement(this, delegate.prepareStatement(sql, columnNames)));
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public CallableStatement prepareCall(String sql) throws SQLException {
    try {
      return callable(delegate.prepareCall(sql));
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
    try {
      return callable(delegate.prepareCall(sql, type, concurrency));
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    try {
      return callable(delegate.prepareCall(sql, type, concurrency, holdability));
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    try {
      DatabaseMetaData metaData = delegate.getMetaData();
      dirty |= USED;
      return MetaDataProxy.of(this, metaData);
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  private CallableStatement callable(CallableStatement statement) {
    PooledPreparedStatement tracked = track(new PooledPreparedStatement(this, statement));
    return CallableStatementProxy.of(tracked, statement);
  }

  private <S extends AutoCloseable> S track(S resource) {
    dirty |= USED;
    if (resources == null) {
      resources = new OpenResources();
    }
    resources.add(resource);
    return resource;
  }

  /**
   * Rows that no statement of the caller's made, but the catalog or a cursor; all else as it is.
   */
  @Nullable Object shown(@Nullable Object value) {
    return value instanceof ResultSet rows
        ? track(PooledResultSet.ofNoStatement(this, rows))
        : value;
  }

  void untrack(AutoCloseable resource) {
    if (resources != null) {
      resources.remove(resource);
    }
  }

  // Transactions

  @Override
  public void commit() throws SQLException {
    try {
      delegate.commit();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public void rollback() throws SQLException {
    try {
      delegate.rollback();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    try {
      delegate.rollback(savepoint);
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    try {
      return talking().setSavepoint();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    try {
      return talking().setSavepoint(name);
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    try {
      delegate.releaseSavepoint(savepoint);
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  // Session state that a return undoes

  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    change(AUTO_COMMIT);
    try {
      delegate.setAutoCommit(autoCommit);
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public void setReadOnly(boolean readOnly) throws SQLException {
    change(READ_ONLY);
    try {
      delegate.setReadOnly(readOnly);
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    boolean learned = change(ISOLATION);
    try {
      delegate.setTransactionIsolation(level);
    } catch (SQLException e) {
      if (learned) { // it is refused inside a transaction, and that may have a level of its own
        physical.defaults().forget(ISOLATION);
        dirty = (dirty & ~ISOLATION) | USED;
      }
      throw checked(e);
    }
  }

  @Override
  public void setCatalog(String catalog) throws SQLException {
    change(CATALOG);
    try {
      delegate.setCatalog(catalog);
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public void setSchema(String schema) throws SQLException {
    change(SCHEMA);
    try {
      delegate.setSchema(schema);
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public void setHoldability(int holdability) throws SQLException {
    change(HOLDABILITY);
    try {
      delegate.setHoldability(holdability);
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
    change(NETWORK_TIMEOUT);
    try {
      delegate.setNetworkTimeout(executor, milliseconds);
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  /** Returns whether the session's default was learned for this change. */
  private boolean change(int bit) throws SQLException {
    if (delegate == ClosedConnection.INSTANCE) {
      throw ClosedConnection.failure();
    }
    try {
      boolean learned = physical.defaults().learn(bit);
      dirty |= bit;
      return learned;
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  // The rest goes straight to the driver

  /**
   * For calls that make no statement but may ask the server: that may find the connection broken,
   * and begins a transaction where auto-commit is off, so that the return has to look.
   */
  private Connection talking() {
    dirty |= USED;
    return delegate;
  }

  @Override
  public boolean getAutoCommit() throws SQLException {
    return delegate.getAutoCommit();
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    return delegate.isReadOnly();
  }

  @Override
  public int getTransactionIsolation() throws SQLException {
    try {
      return talking().getTransactionIsolation();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public String getCatalog() throws SQLException {
    return delegate.getCatalog();
  }

  @Override
  public String getSchema() throws SQLException {
    try {
      return talking().getSchema();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public int getHoldability() throws SQLException {
    return delegate.getHoldability();
  }

  @Override
  public int getNetworkTimeout() throws SQLException {
    return delegate.getNetworkTimeout();
  }

  @Override
  public SQLWarning getWarnings() throws SQLException {
    return delegate.getWarnings();
  }

  @Override
  public void clearWarnings() throws SQLException {
    delegate.clearWarnings();
  }

  @Override
  public String nativeSQL(String sql) throws SQLException {
    return delegate.nativeSQL(sql);
  }

  @Override
  public Map<String, Class<?>> getTypeMap() throws SQLException {
    return delegate.getTypeMap();
  }

  @Override
  public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
    delegate.setTypeMap(map);
  }

  @Override
  public String getClientInfo(String name) throws SQLException {
    return delegate.getClientInfo(name);
  }

  @Override
  public Properties getClientInfo() throws SQLException {
    return delegate.getClientInfo();
  }

  @Override
  public void setClientInfo(String name, String value) throws SQLClientInfoException {
    talking().setClientInfo(name, value);
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    talking().setClientInfo(properties);
  }

  @Override
  public Array createArrayOf(String typeName, Object[] elements) throws SQLException {
    try {
      return talking().createArrayOf(typeName, elements);
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public Struct createStruct(String typeName, Object[] attributes) throws SQLException {
    try {
      return talking().createStruct(typeName, attributes);
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public Blob createBlob() throws SQLException {
    return delegate.createBlob();
  }

  @Override
  public Clob createClob() throws SQLException {
    return delegate.createClob();
  }

  @Override
  public NClob createNClob() throws SQLException {
    return delegate.createNClob();
  }

  @Override
  public SQLXML createSQLXML() throws SQLException {
    return delegate.createSQLXML();
  }

  @Override
  public void beginRequest() throws SQLException {
    delegate.beginRequest();
  }

  @Override
  public void endRequest() throws SQLException {
    delegate.endRequest();
  }

  @Override
  public void setShardingKey(ShardingKey key, ShardingKey superKey) throws SQLException {
    delegate.setShardingKey(key, superKey);
  }

  @Override
  public void setShardingKey(ShardingKey key) throws SQLException {
    delegate.setShardingKey(key);
  }

  @Override
  public boolean setShardingKeyIfValid(ShardingKey key, ShardingKey superKey, int timeout)
      throws SQLException {
    return delegate.setShardingKeyIfValid(key, superKey, timeout);
  }

  @Override
  public boolean setShardingKeyIfValid(ShardingKey key, int timeout) throws SQLException {
    return delegate.setShardingKeyIfValid(key, timeout);
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    T unwrapped = type.isInstance(delegate) ? type.cast(delegate) : delegate.unwrap(type);
    dirty |= USED; // whatever is done with it goes past this wrapper
    return unwrapped;
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || type.isInstance(delegate) || delegate.isWrapperFor(type);
  }

  SQLException checked(SQLException exception) {
    return delegate == ClosedConnection.INSTANCE ? exception : physical.checked(exception);
  }

  /** Fails once the lease is over. */
  void requireOpen() throws SQLException {
    if (delegate == ClosedConnection.INSTANCE) {
      throw ClosedConnection.failure();
    }
  }

  @Override
  public String toString() {
    return "connection of \"%s\", lease %s%s"
        .formatted(physical.user(), lease, delegate == ClosedConnection.INSTANCE ? ", closed" : "");
  }
}
