package dev.onbehalf.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * One user's connections, as a {@link DataSource}.
 *
 * <pre>{@code
 * UserPool pool = manager.getPool("alice@example.com");
 * try (Connection connection = pool.getConnection()) { ... }   // current_user is alice
 * }</pre>
 *
 * <p>Thread-safe. It is a light handle that can be kept for as long as the manager lives: when the
 * user's connections have all gone, or {@link UserPoolManager#closePool} closed them, the next
 * {@link #getConnection()} logs in afresh.
 */
public interface UserPool extends DataSource {

  /** The role that the connections log in as. */
  String user();

  /** What this user holds and waits for at this moment. */
  UserPoolStatistics statistics();

  /**
   * Takes an idle connection of this user, newest first, or logs in, within the user's maximum and
   * the budget; waits for as long as {@code connectionTimeout} when neither can be done at once.
   * Closing the connection gives it back.
   *
   * @throws ConnectionTimeoutException if none could be had in time
   * @throws LoginFailedException if the login was refused; the SQLState is the server's own
   * @throws SQLException with SQLState 08003 if the manager, or meanwhile this pool, was closed;
   *     with an {@link InterruptedException} as its cause, and the thread's interrupt flag set, if
   *     the thread was interrupted while it waited
   */
  @Override
  Connection getConnection() throws SQLException;

  /**
   * As {@link #getConnection()}, for a caller who waits for another time than {@code
   * connectionTimeout}.
   *
   * @param timeout from 1 ms to 365 days
   * @throws IllegalArgumentException if it isn't
   */
  Connection getConnection(Duration timeout) throws SQLException;

  /**
   * Begins a login for a caller who is about to ask, if this user has no connection and a place is
   * free; closes nobody else's for it. Returns at once; what becomes of it is told to who asks.
   */
  void prewarm();

  /**
   * Not supported: a pool serves one user only.
   *
   * @throws SQLException always
   */
  @Override
  Connection getConnection(String username, String password) throws SQLException;
}
