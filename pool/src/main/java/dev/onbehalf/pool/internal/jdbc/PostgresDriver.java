package dev.onbehalf.pool.internal.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a connection of pgjdbc's has beyond JDBC: settings of its own, with what they were at login,
 * and what it heard from the server. By reflection, because the pool doesn't depend on pgjdbc and
 * its versions differ. Nothing of it asks the server.
 */
public final class PostgresDriver {
  private static final String INTERFACE = "org.postgresql.PGConnection";

  private static final List<String> SETTINGS =
      List.of("Autosave", "PrepareThreshold", "DefaultFetchSize", "AdaptiveFetch");

  /**
   * The interface as a class of drivers sees it, once each; void where there is none. A class keeps
   * what is told of it, and a driver that a container shares outlives the application: so no class
   * of the pool's is in here, nor below.
   */
  private static final ClassValue<Class<?>> TYPES =
      new ClassValue<>() {
        @Override
        protected Class<?> computeValue(Class<?> driver) {
          try {
            return Class.forName(INTERFACE, false, driver.getClassLoader());
          } catch (ClassNotFoundException | LinkageError e) {
            return Void.class; // no connection is one
          }
        }
      };

  /** The methods of that interface, each by its name and how many parameters it has. */
  private static final ClassValue<Map<String, Method>> METHODS =
      new ClassValue<>() {
        @Override
        protected Map<String, Method> computeValue(Class<?> type) {
          return Arrays.stream(type.getMethods())
              .collect(
                  Collectors.toUnmodifiableMap(
                      it -> it.getName() + "/" + it.getParameterCount(),
                      it -> it,
                      (it, also) -> it));
        }
      };

  private final Object connection;
  private final Map<String, Method> methods;
  private final List<@Nullable Object> atLogin = new ArrayList<>(SETTINGS.size());

  private PostgresDriver(Object connection, Map<String, Method> methods) throws SQLException {
    this.connection = connection;
    this.methods = methods;
    for (String setting : SETTINGS) {
      atLogin.add(call("get" + setting + "/0"));
    }
  }

  /** Of a session that nobody has used yet; null where the driver is another. */
  static @Nullable PostgresDriver of(Connection driver) {
    Class<?> type = TYPES.get(driver.getClass());
    try {
      if (type.isInstance(driver)) {
        return new PostgresDriver(driver, METHODS.get(type));
      }
      return driver.isWrapperFor(type)
          ? new PostgresDriver(driver.unwrap(type), METHODS.get(type))
          : null;
    } catch (SQLException | RuntimeException e) {
      return null; // what is asked here without need must not cost a login
    }
  }

  /** In which function of its own the server met the error; null where the driver can't say. */
  public static @Nullable String routine(Throwable error) {
    Throwable next = error;
    for (int depth = 0; next != null && depth < FatalErrors.MAX_CHAIN; depth++) {
      try {
        Object message = get(next, "getServerErrorMessage");
        if (message != null && get(message, "getRoutine") instanceof String routine) {
          return routine;
        }
      } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
        // not the driver's: perhaps its cause is
      }
      next = next.getCause();
    }
    return null;
  }

  private static @Nullable Object get(Object from, String getter)
      throws ReflectiveOperationException {
    return from.getClass().getMethod(getter).invoke(from);
  }

  void restoreSettings() throws SQLException {
    for (int i = 0; i < SETTINGS.size(); i++) {
      if (atLogin.get(i) != null) {
        call("set" + SETTINGS.get(i) + "/1", atLogin.get(i));
      }
    }
  }

  /** What the server last reported a parameter to be; null if it doesn't report it. */
  @Nullable Object reported(String parameter) throws SQLException {
    return call("getParameterStatus/1", parameter);
  }

  /** Forgets what was heard while the session listened. */
  void dropNotifications() throws SQLException {
    call("getNotifications/0");
  }

  /** Null where the driver's version has no such method. */
  private @Nullable Object call(String name, @Nullable Object... arguments) throws SQLException {
    Method method = methods.get(name);
    if (method == null) {
      return null;
    }
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException e) {
      throw new SQLException("The driver failed in " + name, e.getCause());
    } catch (IllegalAccessException e) {
      throw new SQLException("The driver has closed " + name, e);
    }
  }
}
