package dev.onbehalf.pool.internal.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The catalog as seen through one lease: its connection is the wrapper, its result sets close with
 * the lease, and after the lease it fails like the connection. A dynamic proxy, because it is
 * rarely used and has 180 methods.
 */
final class MetaDataProxy implements InvocationHandler {
  private final PooledConnection connection;
  private final DatabaseMetaData delegate;

  private MetaDataProxy(PooledConnection connection, DatabaseMetaData delegate) {
    this.connection = connection;
    this.delegate = delegate;
  }

  static DatabaseMetaData of(PooledConnection connection, DatabaseMetaData delegate) {
    return (DatabaseMetaData)
        Proxy.newProxyInstance(
            MetaDataProxy.class.getClassLoader(),
            new Class<?>[] {DatabaseMetaData.class},
            new MetaDataProxy(connection, delegate));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return Identity.invoke(proxy, method, arguments, delegate);
    }
    connection.requireOpen();
    if (method.getName().equals("getConnection")) {
      return connection;
    }
    try {
      return connection.shown(method.invoke(delegate, arguments));
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof SQLException cause ? connection.checked(cause) : e.getCause();
    }
  }
}
