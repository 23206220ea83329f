package dev.onbehalf.pool.internal.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;

/**
 * The catalog as seen through one lease: its connection is the wrapper, its result sets close with
 * the lease.
 */
final class PooledMetaData extends ForwardingMetaData {
  PooledMetaData(PooledConnection connection, DatabaseMetaData delegate) {
    super(connection, delegate);
  }

  @Override
  public Connection getConnection() throws SQLException {
    connection.requireOpen();
    return connection;
  }
}
