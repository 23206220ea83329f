package dev.onbehalf.pool.internal.jdbc;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.ResultSet;
import org.jspecify.annotations.Nullable;

/**
 * A Blob, Clob, NClob or Array, whose methods may ask the server, and its streams: after the lease
 * they fail like the connection. The rows of an array lead to no connection but the caller's. A
 * dynamic proxy, because it is rarely used.
 */
final class LargeObjectProxy implements InvocationHandler {
  private final PooledConnection connection;
  private final Object delegate;

  private LargeObjectProxy(PooledConnection connection, Object delegate) {
    this.connection = connection;
    this.delegate = delegate;
  }

  static <T> T of(PooledConnection connection, Class<T> type, T delegate) {
    return type.cast(
        Proxy.newProxyInstance(
            LargeObjectProxy.class.getClassLoader(),
            new Class<?>[] {type},
            new LargeObjectProxy(connection, delegate)));
  }

  /** The driver's array behind a caller's. */
  static Array bare(Array array) {
    return Proxy.isProxyClass(array.getClass())
            && Proxy.getInvocationHandler(array) instanceof LargeObjectProxy proxy
            && proxy.delegate instanceof Array own
        ? own
        : array;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (delegate instanceof Array && method.getName().equals("toString")) {
      if (connection.isOver()) { // it may ask the server, too, but JDBC has it throw nothing
        return "array of a connection that is closed";
      }
    } else if (method.getDeclaringClass() == Object.class) {
      return Identity.invoke(proxy, method, arguments, delegate);
    } else if (connection.isOver() && method.getName().equals("free")) {
      return null; // it went with the lease
    } else {
      connection.requireOpen();
    }
    try {
      Object result = method.invoke(delegate, arguments);
      return result instanceof ResultSet rows
          ? connection.track(new PooledResultSet(connection, null, rows))
          : LeasedStreams.wrap(connection, result);
    } catch (InvocationTargetException e) {
      Throwable thrown = requireNonNull(e.getCause());
      connection.noteFailure(thrown);
      throw thrown;
    } catch (Error e) { // the stack ran out in between
      connection.noteFailure(e);
      throw e;
    }
  }
}
