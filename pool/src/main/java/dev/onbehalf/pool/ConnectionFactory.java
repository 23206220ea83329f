package dev.onbehalf.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Opens one physical connection.
 *
 * <pre>{@code
 * ConnectionFactory factory = (user, credential) ->
 *     DriverManager.getConnection("jdbc:postgresql://db/app", user, credential.reveal());
 * }</pre>
 *
 * <p>Called from the pool's login threads, several at once. It should have a connect time-out of
 * its own, and a socket time-out for the login itself: a call that hangs keeps a thread, and
 * perhaps a socket, after the pool has given it up. While four times {@code maxLoginsInFlight} do,
 * no login begins.
 */
@FunctionalInterface
public interface ConnectionFactory {

  /**
   * Logs in as {@code user}.
   *
   * @throws SQLException if the server refuses or can't be reached; its SQLState reaches the caller
   */
  Connection connect(String user, Secret credential) throws SQLException;

  /**
   * As whom the server itself said, unasked, that it has let this connection in: what PostgreSQL
   * reports as {@code session_authorization}. With pgjdbc:
   *
   * <pre>{@code
   * return Optional.ofNullable(
   *     connection.unwrap(PGConnection.class).getParameterStatus("session_authorization"));
   * }</pre>
   *
   * <p>Empty where that is not known, the default; the pool then asks the server, for a round trip.
   * Leave it empty if {@link #connect} changes the session's role, or if what stands between here
   * and the server makes up such reports. Called once for a new connection; it must not ask the
   * server.
   *
   * @throws SQLException if the connection is of no use; the login then fails with it
   */
  default Optional<String> reportedUser(Connection connection) throws SQLException {
    return Optional.empty();
  }
}
