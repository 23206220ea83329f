package dev.onbehalf.pool.internal.jdbc;

import java.lang.reflect.Proxy;
import java.sql.ClientInfoStatus;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Map;

/**
 * What a wrapper delegates to after its {@code close()}. Every method fails with SQLState 08003,
 * except those that JDBC allows on a closed connection; so no method of the wrapper needs a test of
 * its own.
 */
final class ClosedConnection {
  private static final String REASON =
      "This connection was closed, and may serve another caller by now: take a new one";

  static final Connection INSTANCE =
      (Connection)
          Proxy.newProxyInstance(
              ClosedConnection.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "close", "abort" -> null;
                    case "isClosed" -> true;
                    case "isValid", "isWrapperFor" -> false;
                    case "setClientInfo" ->
                        throw new SQLClientInfoException(
                            REASON,
                            SqlStates.CONNECTION_DOES_NOT_EXIST,
                            Map.<String, ClientInfoStatus>of());
                    case "toString" -> "closed connection";
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> throw failure();
                  });

  private ClosedConnection() {}

  static SQLNonTransientConnectionException failure() {
    return new SQLNonTransientConnectionException(REASON, SqlStates.CONNECTION_DOES_NOT_EXIST);
  }
}
