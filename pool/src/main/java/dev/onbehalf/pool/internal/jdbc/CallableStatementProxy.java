package dev.onbehalf.pool.internal.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A callable statement: what a prepared statement has goes to a {@link PooledPreparedStatement}
 * around the same driver's statement, the rest to the driver. A dynamic proxy, because functions
 * are mostly called by plain SQL in PostgreSQL.
 */
final class CallableStatementProxy implements InvocationHandler {
  private final PooledPreparedStatement prepared;
  private final CallableStatement delegate;

  private CallableStatementProxy(PooledPreparedStatement prepared, CallableStatement delegate) {
    this.prepared = prepared;
    this.delegate = delegate;
  }

  static CallableStatement of(PooledPreparedStatement prepared, CallableStatement delegate) {
    CallableStatement proxy =
        (CallableStatement)
            Proxy.newProxyInstance(
                CallableStatementProxy.class.getClassLoader(),
                new Class<?>[] {CallableStatement.class},
                new CallableStatementProxy(prepared, delegate));
    prepared.seenAs(proxy);
    return proxy;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return Identity.invoke(proxy, method, arguments, delegate);
    }
    boolean own = method.getDeclaringClass() == CallableStatement.class;
    try {
      return own
          ? prepared.shown(method.invoke(delegate, arguments))
          : method.invoke(prepared, arguments);
    } catch (InvocationTargetException e) {
      throw own && e.getCause() instanceof SQLException cause
          ? prepared.checked(cause)
          : e.getCause();
    }
  }
}
