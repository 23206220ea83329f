package dev.onbehalf.pool.internal.jdbc;

import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;

/** A prepared statement that knows the caller's connection. */
final class PooledPreparedStatement extends StatementParameters {
  private Statement seen = this;

  PooledPreparedStatement(PooledConnection connection, PreparedStatement delegate) {
    super(connection, delegate);
  }

  /** Result sets shall lead back to the callable statement in front of this one. */
  void seenAs(Statement statement) {
    seen = statement;
  }

  @Override
  Statement seen() {
    return seen;
  }

  @Override
  public boolean execute() throws SQLException {
    try {
      return delegate.execute();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public long executeLargeUpdate() throws SQLException {
    try {
      return delegate.executeLargeUpdate();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public ResultSet executeQuery() throws SQLException {
    try {
      return rows(delegate.executeQuery());
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public int executeUpdate() throws SQLException {
    try {
      return delegate.executeUpdate();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public ResultSetMetaData getMetaData() throws SQLException {
    try {
      return delegate.getMetaData();
    } catch (SQLException e) {
      throw checked(e);
    }
  }

  @Override
  public ParameterMetaData getParameterMetaData() throws SQLException {
    try {
      return delegate.getParameterMetaData();
    } catch (SQLException e) {
      throw checked(e);
    }
  }
}
