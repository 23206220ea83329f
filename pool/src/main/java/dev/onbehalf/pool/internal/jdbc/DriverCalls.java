package dev.onbehalf.pool.internal.jdbc;

import dev.onbehalf.pool.internal.PoolLog;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;

/**
 * What the pool asks of a driver's connection that nobody uses. Whatever the driver throws, these
 * return: a place hangs on each.
 */
public final class DriverCalls {
  private static final Logger log = PoolLog.LOG;

  private DriverCalls() {}

  /** Whether the server answers. The driver counts in whole seconds; the deadline doesn't. */
  public static boolean answers(Connection driver, Duration time) {
    try {
      long seconds = Math.max(1, time.plusMillis(999).toSeconds());
      boolean valid = driver.isValid((int) Math.min(seconds, Integer.MAX_VALUE));
      if (valid && !driver.getAutoCommit()) {
        driver.rollback(); // the question has begun a transaction
      }
      return valid;
    } catch (SQLException | RuntimeException | Error e) {
      debug("Could not check a connection", e);
      return false;
    }
  }

  /** Closes a connection that nobody will use again. */
  public static void close(Connection driver) {
    try {
      driver.close();
    } catch (SQLException | RuntimeException | Error e) {
      debug("Closing a connection failed", e);
    }
  }

  /** Ends a connection without a word to the server, as far as the driver can. */
  public static void abort(Connection driver) {
    try {
      driver.abort(Runnable::run);
    } catch (SQLException | RuntimeException | Error e) {
      debug("Aborting a connection failed", e);
    }
  }

  /** Whatever the log throws, too. */
  static void debug(String what, Throwable e) {
    try {
      log.debug(what, e);
    } catch (RuntimeException | Error logs) {
      // there is nobody left to tell
    }
  }
}
