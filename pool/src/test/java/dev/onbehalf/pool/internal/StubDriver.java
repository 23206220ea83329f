package dev.onbehalf.pool.internal;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.function.Consumer;

/** A driver that knows its session's user and whether it was closed, and nothing else. */
public final class StubDriver {
  private StubDriver() {}

  public static Connection connection(String user, Consumer<Connection> whenClosed) {
    boolean[] closed = {false};
    Connection[] plain = new Connection[1];
    Connection proxied =
        proxy(
            Connection.class,
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "close", "abort" -> {
                    closed[0] = true;
                    whenClosed.accept(plain[0]);
                    yield null;
                  }
                  case "isClosed" -> closed[0];
                  case "isValid" -> !closed[0];
                  case "getAutoCommit" -> true;
                  case "isReadOnly" -> false;
                  case "createStatement" -> statement(user);
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == requireNonNull(arguments)[0];
                  case "toString" -> "stub of " + user;
                  default -> null;
                });
    plain[0] = new PlainConnection(proxied);
    return plain[0];
  }

  private static Statement statement(String user) {
    ResultSet rows =
        proxy(
            ResultSet.class,
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "next" -> true;
                  // session_user and current_user; then no owner whose member they are
                  case "getString" -> (int) requireNonNull(arguments)[0] <= 2 ? user : null;
                  case "getBoolean" -> true;
                  case "getLong" -> 0L;
                  default -> null;
                });
    return proxy(
        Statement.class,
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "execute" -> true;
              case "executeQuery", "getResultSet" -> rows;
              default -> null;
            });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(StubDriver.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
