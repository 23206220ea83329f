package dev.onbehalf.pool.internal.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  /** The interface as a class of drivers sees it, once each. */
  private static final ClassValue<Methods> METHODS =
      new ClassValue<>() {
        @Override
        protected Methods computeValue(Class<?> driver) {
          return Methods.of(driver);
        }
      };

  private record Setting(Method getter, Method setter) {}

  private record Methods(
      Class<?> type,
      List<Setting> settings,
      @Nullable Method parameterStatus,
      @Nullable Method notifications) {

    static Methods of(Class<?> driver) {
      try {
        Class<?> type = Class.forName(INTERFACE, false, driver.getClassLoader());
        List<Setting> settings = new ArrayList<>();
        for (String name : SETTINGS) {
          Method getter = method(type, "get" + name);
          Method setter =
              getter == null ? null : method(type, "set" + name, getter.getReturnType());
          if (getter != null && setter != null) {
            settings.add(new Setting(getter, setter));
          }
        }
        return new Methods(
            type,
            settings,
            method(type, "getParameterStatus", String.class),
            method(type, "getNotifications"));
      } catch (ClassNotFoundException | LinkageError e) {
        return new Methods(Void.class, List.of(), null, null); // no connection is a Void
      }
    }

    private static @Nullable Method method(Class<?> type, String name, Class<?>... parameters) {
      return Arrays.stream(type.getMethods())
          .filter(it -> it.getName().equals(name))
          .filter(it -> Arrays.equals(it.getParameterTypes(), parameters))
          .findFirst()
          .orElse(null);
    }
  }

  private final Object connection;
  private final Methods methods;
  private final List<@Nullable Object> atLogin = new ArrayList<>(SETTINGS.size());

  private PostgresDriver(Object connection, Methods methods) throws SQLException {
    this.connection = connection;
    this.methods = methods;
    for (Setting setting : methods.settings()) {
      atLogin.add(call(setting.getter()));
    }
  }

  /** Of a session that nobody has used yet; null where the driver is another. */
  static @Nullable PostgresDriver of(Connection driver) {
    Methods methods = METHODS.get(driver.getClass());
    try {
      if (methods.type().isInstance(driver)) {
        return new PostgresDriver(driver, methods);
      }
      return driver.isWrapperFor(methods.type())
          ? new PostgresDriver(driver.unwrap(methods.type()), methods)
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
    for (int i = 0; i < atLogin.size(); i++) {
      call(methods.settings().get(i).setter(), atLogin.get(i));
    }
  }

  /** What the server last reported a parameter to be; null if it doesn't report it. */
  @Nullable Object reported(String parameter) throws SQLException {
    Method status = methods.parameterStatus();
    return status == null ? null : call(status, parameter);
  }

  /** Forgets what was heard while the session listened. */
  void dropNotifications() throws SQLException {
    if (methods.notifications() != null) {
      call(methods.notifications());
    }
  }

  private @Nullable Object call(Method method, @Nullable Object... arguments) throws SQLException {
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException e) {
      throw new SQLException("The driver failed in " + method.getName(), e.getCause());
    } catch (IllegalAccessException e) {
      throw new SQLException("The driver has closed " + method.getName(), e);
    }
  }
}
