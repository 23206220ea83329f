package dev.onbehalf.pool;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * What is done once on each new connection, before anybody gets it.
 *
 * <pre>{@code
 * builder.sessionInitializer((user, connection) -> {
 *   try (Statement statement = connection.createStatement()) {
 *     statement.execute("SET lock_timeout = '2s'");
 *   }
 * });
 * }</pre>
 *
 * <p>It runs as the user, within the time of the login, on one of the pool's threads, several at
 * once. A transaction that it leaves open is rolled back. {@code DISCARD ALL} on return, where that
 * is chosen, takes away what it set; {@code ALTER ROLE ... SET} or the driver's {@code options}
 * hold on.
 */
@FunctionalInterface
public interface SessionInitializer {
  /** Does nothing. */
  SessionInitializer NONE = (user, connection) -> {};

  /**
   * Prepares a session.
   *
   * @param user whose session it is
   * @param connection the driver's own; not to be closed, nor kept
   * @throws SQLException which ends the login, as a refusal by the server does
   */
  void initialize(String user, Connection connection) throws SQLException;
}
