package dev.onbehalf.lakebaselocal;

import java.time.Duration;

/**
 * Faults to order: what goes wrong with a Lakebase in production, at a test's word.
 *
 * <pre>{@code
 * try (Fault refused = lakebase.faults().refuseLogins("53300", "sorry, too many clients already")) {
 *   assertThatThrownBy(dataSource::getConnection).hasMessageContaining("too many clients");
 * }
 * }</pre>
 *
 * A lasting fault is in force until its {@link Fault} is closed or {@link #clear()} is called; the
 * others happen once. The {@linkplain LakebaseLocal#superuser() superuser} is above all of them
 * except a stopped or suspended database. Methods may be called from any thread.
 */
public interface Faults {

  /** A fault in force; closing it, once or more often, ends it. */
  interface Fault extends AutoCloseable {
    @Override
    void close();
  }

  /** Expires every access token issued so far, the service principal's included. */
  void expireAccessTokens();

  /**
   * Expires every database credential issued so far. Open connections stay open: expiry matters at
   * login only.
   */
  void expireDatabaseCredentials();

  /** The workspace refuses every access token with 401, as it does for a user who was disabled. */
  Fault refuseAccessTokens();

  /** The database refuses every database credential with 28P01, however fresh. */
  Fault refuseDatabaseCredentials();

  /**
   * The workspace answers every API request with this status and an error body, 429 and 503 also
   * with {@code Retry-After: 1}; discovery is spared.
   *
   * @param status an HTTP error status, 400 to 599
   */
  Fault failWorkspace(int status);

  /** The workspace waits so long before it answers an API request. */
  Fault delayWorkspace(Duration delay);

  /** Every login waits so long between the password and the answer. */
  Fault delayLogins(Duration delay);

  /**
   * Every login is refused after its password, with a {@code FATAL} error.
   *
   * @param sqlState the SQLState, five characters
   * @param message the error's message
   */
  Fault refuseLogins(String sqlState, String message);

  /** Cuts all connections without a word, as a broken network does, and counts them. */
  int cutConnections();

  /**
   * Stops the database: connections end with 57P01, logins are refused with 57P03. Without effect
   * on a stopped one.
   */
  void stopDatabase();

  /** Starts a stopped or suspended database and waits until it takes logins. */
  void startDatabase();

  /**
   * Suspends the database like a compute that has scaled to zero: connections are cut, and the next
   * login that proves itself wakes the database, which takes {@code wakeUp} longer than a start.
   */
  void suspendDatabase(Duration wakeUp);

  /** Ends all lasting faults and starts the database if it is stopped or suspended. */
  void clear();
}
