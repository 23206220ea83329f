package dev.onbehalf.spring;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * The people's {@link DataSource} on a developer's machine: what their statements name is looked
 * at, and warned of where Row-Level Security does nothing there, or hides everything. Changes
 * nothing. Thread-safe.
 */
public final class DevelopmentDataSource extends DelegatingDataSource {
  private final OnBehalf onBehalf;
  private final RowSecurityHints hints;

  /**
   * @param servicePrincipal asks the catalog, so that people's transactions are not touched
   */
  public DevelopmentDataSource(OnBehalf onBehalf, DataSource servicePrincipal) {
    super(onBehalf.dataSource());
    this.onBehalf = onBehalf;
    hints = new RowSecurityHints(servicePrincipal);
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = super.getConnection();
    return onBehalf.currentUser().isEmpty()
        ? connection
        : proxy(Connection.class, new Looking(connection, hints::look));
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            DevelopmentDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** Shows each statement's SQL: that it is prepared with, or executed as. */
  private record Looking(Object target, Consumer<String> look) implements InvocationHandler {
    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      if (arguments != null && arguments.length > 0 && arguments[0] instanceof String sql) {
        if (takesSql(method.getName())) {
          look.accept(sql);
        }
      }
      if (method.getName().equals("equals") && arguments != null) {
        return proxy == arguments[0];
      }
      Object result = call(method, arguments);
      return method.getName().equals("createStatement") && result instanceof Statement statement
          ? proxy(Statement.class, new Looking(statement, look))
          : result;
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
      try {
        return method.invoke(target, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }

    private static boolean takesSql(String method) {
      return method.startsWith("prepare")
          || method.startsWith("execute")
          || method.equals("addBatch");
    }
  }
}
