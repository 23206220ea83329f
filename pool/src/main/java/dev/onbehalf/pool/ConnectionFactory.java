package dev.onbehalf.pool;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Opens one physical connection.
 *
 * <pre>{@code
 * ConnectionFactory factory = (user, credential) ->
 *     DriverManager.getConnection("jdbc:postgresql://db/app", user, credential.reveal());
 * }</pre>
 *
 * <p>Called from the pool's login threads, several at once. It should have a connect time-out of
 * its own: a call that hangs holds one of the login threads.
 */
@FunctionalInterface
public interface ConnectionFactory {

  /**
   * Logs in as {@code user}.
   *
   * @throws SQLException if the server refuses or can't be reached; its SQLState reaches the caller
   */
  Connection connect(String user, Secret credential) throws SQLException;
}
