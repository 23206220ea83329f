package dev.onbehalf.pool.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What JDBC lets a caller set and the driver keeps in memory, as it was at login; null where the
 * driver couldn't say. A role's own defaults are not in here: the server knows them. Nor is the
 * catalog, which a session of PostgreSQL can't change, and for which pgjdbc asks the server.
 */
record DriverState(
    @Nullable Integer holdability,
    @Nullable Integer networkTimeout,
    @Nullable Map<String, Class<?>> typeMap,
    @Nullable Properties clientInfo) {

  /** Of a session that nobody has used yet. */
  static DriverState of(Connection driver) {
    Map<String, Class<?>> typeMap = known(driver::getTypeMap);
    Properties clientInfo = known(driver::getClientInfo);
    return new DriverState(
        known(driver::getHoldability),
        known(driver::getNetworkTimeout),
        typeMap == null ? null : Map.copyOf(typeMap),
        clientInfo == null ? null : copy(clientInfo));
  }

  void restore(Connection driver) throws SQLException {
    if (holdability != null) {
      driver.setHoldability(holdability);
    }
    if (typeMap != null) {
      driver.setTypeMap(new HashMap<>(typeMap)); // the caller may change it in place
    }
    if (networkTimeout != null) {
      driver.setNetworkTimeout(Runnable::run, networkTimeout);
    }
  }

  /** Free of a round trip in pgjdbc when it is what it was. */
  void restoreClientInfo(Connection driver) throws SQLException {
    if (clientInfo != null) {
      driver.setClientInfo(copy(clientInfo));
    }
  }

  private static Properties copy(Properties properties) {
    Properties copy = new Properties();
    copy.putAll(properties);
    return copy;
  }

  private static <T> @Nullable T known(Callable<@Nullable T> question) {
    try {
      return question.call();
    } catch (Exception e) {
      return null; // what is asked here without need must not cost a login
    }
  }
}
