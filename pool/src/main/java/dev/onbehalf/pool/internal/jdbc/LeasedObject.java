package dev.onbehalf.pool.internal.jdbc;

import java.sql.SQLException;
import java.sql.Wrapper;

/**
 * What the driver lets live on after the connection's {@code close()}, and may ask the server even
 * then: within the next lease it would. After its own it fails like the connection.
 */
abstract class LeasedObject<D extends Wrapper> extends DriverObject {
  final PooledConnection connection;
  final D delegate;

  LeasedObject(PooledConnection connection, D delegate) {
    this.connection = connection;
    this.delegate = delegate;
  }

  @Override
  final PooledConnection lease() {
    return connection;
  }

  @Override
  final Wrapper delegate() {
    return delegate;
  }

  /** The driver's object; fails once the lease is over. */
  final D open() throws SQLException {
    connection.requireOpen();
    return delegate;
  }
}
