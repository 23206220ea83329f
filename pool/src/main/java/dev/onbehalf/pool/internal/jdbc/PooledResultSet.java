package dev.onbehalf.pool.internal.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A result set whose statement is the caller's wrapper. The methods here may talk to the server, so
 * their errors are looked at.
 */
final class PooledResultSet extends ForwardingResultSet {
  private final PooledConnection connection;
  private final @Nullable Statement statement;

  private PooledResultSet(
      PooledConnection connection, @Nullable Statement statement, ResultSet delegate) {
    super(delegate);
    this.connection = connection;
    this.statement = statement;
  }

  /** Rows of a statement; the driver closes them with it. */
  static PooledResultSet of(PooledConnection connection, Statement statement, ResultSet rows) {
    return new PooledResultSet(connection, statement, rows);
  }

  /** Rows of a catalog query or of a cursor: no statement of the caller's made them. */
  static PooledResultSet ofNoStatement(PooledConnection connection, ResultSet rows) {
    return new PooledResultSet(connection, null, rows);
  }

  @Override
  @SuppressWarnings("NullAway") // JDBC: null when the rows come some other way
  public Statement getStatement() throws SQLException {
    return statement;
  }

  @Override
  public void close() throws SQLException {
    if (statement == null) {
      connection.untrack(this);
    }
    try {
      delegate.close();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  @SuppressWarnings("NullAway") // JDBC: null for SQL's null
  public Object getObject(int columnIndex) throws SQLException {
    try {
      return connection.shown(delegate.getObject(columnIndex));
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  @SuppressWarnings("NullAway") // JDBC: null for SQL's null
  public Object getObject(String columnLabel) throws SQLException {
    try {
      return connection.shown(delegate.getObject(columnLabel));
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public boolean absolute(int value) throws SQLException {
    try {
      return delegate.absolute(value);
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public void afterLast() throws SQLException {
    try {
      delegate.afterLast();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public void beforeFirst() throws SQLException {
    try {
      delegate.beforeFirst();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public void deleteRow() throws SQLException {
    try {
      delegate.deleteRow();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public boolean first() throws SQLException {
    try {
      return delegate.first();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public void insertRow() throws SQLException {
    try {
      delegate.insertRow();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public boolean last() throws SQLException {
    try {
      return delegate.last();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public boolean next() throws SQLException {
    try {
      return delegate.next();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public boolean previous() throws SQLException {
    try {
      return delegate.previous();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public void refreshRow() throws SQLException {
    try {
      delegate.refreshRow();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public boolean relative(int value) throws SQLException {
    try {
      return delegate.relative(value);
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public void updateRow() throws SQLException {
    try {
      delegate.updateRow();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    return type.isInstance(delegate) ? type.cast(delegate) : delegate.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || type.isInstance(delegate) || delegate.isWrapperFor(type);
  }

  private SQLException checked(SQLException exception) {
    return connection.checked(exception);
  }

  @Override
  public String toString() {
    return "pooled " + delegate;
  }
}
