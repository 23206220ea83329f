package dev.onbehalf.pool.internal.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import org.jspecify.annotations.Nullable;

/**
 * A result set whose statement is the caller's wrapper. The driver closes it with that statement;
 * rows of a catalog query or of a cursor, which no statement of the caller's made, close with the
 * lease.
 */
final class PooledResultSet extends ForwardingResultSet {
  private final PooledConnection connection;
  private final @Nullable PooledStatement<?> statement;

  PooledResultSet(
      PooledConnection connection, @Nullable PooledStatement<?> statement, ResultSet delegate) {
    super(delegate);
    this.connection = connection;
    this.statement = statement;
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
  @SuppressWarnings("NullAway") // JDBC: null when the rows come some other way
  public Statement getStatement() throws SQLException {
    return statement;
  }

  @Override
  public void close() throws SQLException {
    super.close();
    if (statement == null) {
      connection.untrack(this);
    } else {
      statement.rowsClosed();
    }
  }
}
