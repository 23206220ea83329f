package dev.onbehalf.pool.internal.jdbc;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * A Blob, Clob or NClob, each of whose methods asks the server: after the lease it fails like the
 * connection. A dynamic proxy, because it is rarely used.
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

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return Identity.invoke(proxy, method, arguments, delegate);
    }
    connection.requireOpen();
    try {
      return method.invoke(delegate, arguments);
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
