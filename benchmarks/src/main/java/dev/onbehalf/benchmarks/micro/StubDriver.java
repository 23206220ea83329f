package dev.onbehalf.benchmarks.micro;

import dev.onbehalf.pool.internal.PlainConnection;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A driver without a database: logins cost nothing and every query answers the user's name. */
public final class StubDriver implements Driver {
  public static final String URL = "jdbc:stub:";
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger mostOpen = new AtomicInteger();

  /** The most connections that were open at once. */
  public int mostOpen() {
    return mostOpen.get();
  }

  /** Logs in. */
  public Connection connect(String user) {
    mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
    AtomicBoolean closed = new AtomicBoolean();
    return new PlainConnection(connection(user, closed));
  }

  private Connection connection(String user, AtomicBoolean closed) {
    return proxy(
        Connection.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "getAutoCommit" -> true;
              case "isReadOnly" -> false;
              case "isValid" -> true;
              case "isClosed" -> closed.get();
              case "getTransactionIsolation" -> Connection.TRANSACTION_READ_COMMITTED;
              case "getHoldability" -> ResultSet.CLOSE_CURSORS_AT_COMMIT;
              case "getNetworkTimeout" -> 0;
              case "getCatalog", "getSchema" -> "stub";
              case "createStatement", "prepareStatement" -> statement(user);
              case "close", "abort" -> {
                if (closed.compareAndSet(false, true)) {
                  open.decrementAndGet();
                }
                yield null;
              }
              default -> ofObject(self, method.getName(), arguments);
            });
  }

  private static Statement statement(String user) {
    return proxy(
        Statement.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "executeQuery", "getResultSet" -> rows(user);
              case "execute" -> true;
              case "isClosed" -> false;
              case "executeUpdate", "getQueryTimeout" -> 0;
              default -> ofObject(self, method.getName(), arguments);
            });
  }

  private static ResultSet rows(String user) {
    return proxy(
        ResultSet.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "next" -> true;
              // session_user and current_user; then no owner whose member they are
              case "getString" -> arguments != null && (int) arguments[0] <= 2 ? user : null;
              case "getBoolean" -> true;
              case "getLong" -> 0L;
              case "wasNull", "isClosed" -> false;
              default -> ofObject(self, method.getName(), arguments);
            });
  }

  private static @Nullable Object ofObject(
      Object self, String method, Object @Nullable [] arguments) {
    return switch (method) {
      case "equals" -> arguments != null && self == arguments[0];
      case "hashCode" -> System.identityHashCode(self);
      case "toString" -> "stub";
      default -> null;
    };
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(StubDriver.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Override
  public @Nullable Connection connect(String url, Properties properties) {
    return acceptsURL(url) ? connect(properties.getProperty("user", "nobody")) : null;
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith(URL);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 1;
  }

  @Override
  public int getMinorVersion() {
    return 0;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }
}
