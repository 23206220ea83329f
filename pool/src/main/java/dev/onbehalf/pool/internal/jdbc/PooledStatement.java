package dev.onbehalf.pool.internal.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import org.jspecify.annotations.Nullable;

/** A statement that knows the caller's connection, and whose result sets lead back to it. */
class PooledStatement<S extends Statement> extends ForwardingStatement<S> {
  private final PooledConnection connection;
  private boolean closesOnCompletion;

  PooledStatement(PooledConnection connection, S delegate) {
    super(delegate);
    this.connection = connection;
  }

  @Override
  final PooledConnection lease() {
    return connection;
  }

  @Override
  final Wrapper delegate() {
    return delegate;
  }

  @Override
  public final Connection getConnection() {
    return connection;
  }

  @Override
  public final void close() throws SQLException {
    super.close();
    connection.untrack(this); // not where that failed: the lease's end tries again
  }

  @Override
  public final void closeOnCompletion() throws SQLException {
    super.closeOnCompletion();
    closesOnCompletion = true;
  }

  @Override
  public final boolean getMoreResults() throws SQLException {
    boolean more = super.getMoreResults();
    rowsClosed();
    return more;
  }

  @Override
  public final boolean getMoreResults(int current) throws SQLException {
    boolean more = super.getMoreResults(current);
    rowsClosed();
    return more;
  }

  /** The driver may have closed the statement with its last rows. */
  final void rowsClosed() throws SQLException {
    if (closesOnCompletion && isClosed()) {
      connection.untrack(this);
    }
  }

  @Override
  @SuppressWarnings("NullAway") // JDBC: null when there is no current result set
  final ResultSet wrap(@Nullable ResultSet rows) {
    return rows == null ? null : new PooledResultSet(connection, this, rows);
  }
}
