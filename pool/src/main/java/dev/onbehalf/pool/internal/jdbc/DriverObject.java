package dev.onbehalf.pool.internal.jdbc;

import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Wrapper;
import org.jspecify.annotations.Nullable;

/**
 * One of the driver's objects in a caller's hands.
 *
 * <p>The methods that only forward to it are generated when the project is built (see {@code
 * GenerateForwarding}), and each calls the driver in one and the same frame:
 *
 * <pre>{@code
 * try {
 *   return wrap(delegate.executeQuery(noted(sql)));
 * } catch (Throwable e) {
 *   failed(e);
 *   throw e;
 * }
 * }</pre>
 */
abstract class DriverObject implements Wrapper {
  private static final Module JAVA_BASE = Object.class.getModule();

  /** The caller's connection. */
  abstract PooledConnection lease();

  /** The driver's object. */
  abstract Wrapper delegate();

  /** Looks at how the driver's call ended; the caller throws it on, unchanged. */
  final void failed(Throwable thrown) {
    lease().noteFailure(thrown);
  }

  /** SQL on its way to the driver. */
  final String noted(String sql) {
    lease().noteSql(sql);
    return sql;
  }

  /** Rows that no statement of the caller's made, but the catalog or a cursor. */
  @SuppressWarnings("NullAway") // JDBC: null when there are none
  ResultSet wrap(@Nullable ResultSet rows) throws SQLException {
    return rows == null ? null : lease().track(new PooledResultSet(lease(), null, rows));
  }

  @SuppressWarnings("NullAway") // JDBC: null for a statement that makes none
  final ResultSetMetaData wrap(@Nullable ResultSetMetaData columns) {
    return columns == null ? null : new PooledResultSetMetaData(lease(), columns);
  }

  @SuppressWarnings("NullAway") // drivers may have none
  final ParameterMetaData wrap(@Nullable ParameterMetaData parameters) {
    return parameters == null ? null : new PooledParameterMetaData(lease(), parameters);
  }

  @SuppressWarnings("NullAway") // JDBC: null for SQL's null
  final Object wrap(@Nullable Object value) throws SQLException {
    if (value == null || value.getClass().getModule() == JAVA_BASE) {
      return value; // numbers, strings: spares them the look through their interfaces
    }
    if (value instanceof ResultSet rows) {
      return lease().track(new PooledResultSet(lease(), null, rows));
    }
    if (value instanceof Blob blob) {
      return wrap(blob);
    }
    if (value instanceof NClob clob) {
      return wrap(clob);
    }
    if (value instanceof Clob clob) {
      return wrap(clob);
    }
    return value instanceof Array array ? wrap(array) : value;
  }

  /** As the caller asked for it; the driver's own, where they asked for a class of the driver's. */
  @SuppressWarnings("NullAway") // JDBC: null for SQL's null
  final <T> T wrap(@Nullable T value, Class<T> type) throws SQLException {
    Object wrapped = wrap(value);
    if (wrapped != value && type.isInstance(wrapped)) {
      return type.cast(wrapped);
    }
    if (wrapped != value) {
      lease().noteUnwrapping();
    }
    return value;
  }

  @SuppressWarnings("NullAway") // JDBC: null for SQL's null
  final Array wrap(@Nullable Array array) {
    return array == null ? null : LargeObjectProxy.of(lease(), Array.class, array);
  }

  /** The driver's own array, which it knows best. */
  @SuppressWarnings("NullAway") // JDBC: null for SQL's null
  static Array bare(@Nullable Array array) {
    return array == null ? null : LargeObjectProxy.bare(array);
  }

  @SuppressWarnings("NullAway") // JDBC: null for SQL's null
  static Object bare(@Nullable Object value) {
    return value instanceof Array array ? bare(array) : value;
  }

  @SuppressWarnings("NullAway") // JDBC: null for SQL's null
  final Blob wrap(@Nullable Blob blob) {
    return blob == null ? null : LargeObjectProxy.of(lease(), Blob.class, blob);
  }

  @SuppressWarnings("NullAway") // JDBC: null for SQL's null
  final Clob wrap(@Nullable Clob clob) {
    return clob == null ? null : LargeObjectProxy.of(lease(), Clob.class, clob);
  }

  @SuppressWarnings("NullAway") // JDBC: null for SQL's null
  final NClob wrap(@Nullable NClob clob) {
    return clob == null ? null : LargeObjectProxy.of(lease(), NClob.class, clob);
  }

  @Override
  public final <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    lease().requireOpen(); // who has the driver's object goes past the lease that it is used in
    Wrapper delegate = delegate();
    try {
      T unwrapped = type.isInstance(delegate) ? type.cast(delegate) : delegate.unwrap(type);
      lease().noteUnwrapping();
      return unwrapped;
    } catch (Throwable e) {
      failed(e);
      throw e;
    }
  }

  @Override
  public final boolean isWrapperFor(Class<?> type) throws SQLException {
    try {
      return type.isInstance(this) || type.isInstance(delegate()) || delegate().isWrapperFor(type);
    } catch (Throwable e) {
      failed(e);
      throw e;
    }
  }

  @Override
  public String toString() {
    return "pooled " + delegate();
  }
}
