package dev.onbehalf.pool.internal.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Wrapper;

/**
 * The catalog as seen through one lease: its connection is the wrapper, its result sets close with
 * the lease, and after the lease it fails like the connection.
 */
final class PooledMetaData extends ForwardingMetaData {
  private final PooledConnection connection;

  PooledMetaData(PooledConnection connection, DatabaseMetaData delegate) {
    super(delegate);
    this.connection = connection;
  }

  @Override
  PooledConnection lease() {
    return connection;
  }

  @Override
  Wrapper delegate() {
    return delegate;
  }

  @Override
  DatabaseMetaData open() throws SQLException {
    connection.requireOpen();
    return delegate;
  }

  @Override
  public Connection getConnection() throws SQLException {
    connection.requireOpen();
    return connection;
  }
}
