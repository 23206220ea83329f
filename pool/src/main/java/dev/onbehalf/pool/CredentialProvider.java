package dev.onbehalf.pool;

import java.sql.SQLException;

/**
 * Where the pool learns the password of a user, asked once for each login.
 *
 * <pre>{@code
 * CredentialProvider provider = user -> Secret.of(vault.read("database/" + user));
 * }</pre>
 *
 * <p>The pool calls it from its login threads, several at once, also for the same user. Caching is
 * the provider's own affair, and so is a limit on how long it may take: a call that hangs holds one
 * of the login threads, while the callers that wait for it time out as they asked.
 */
@FunctionalInterface
public interface CredentialProvider {

  /**
   * The credential that {@code user} logs in with now.
   *
   * @throws SQLException if there is none; it reaches the caller as the cause of a {@link
   *     LoginFailedException} with the same SQLState
   */
  Secret credential(String user) throws SQLException;

  /**
   * Told when the server refused the credential (SQLState 28P01), so that a cached one is dropped.
   * The pool then asks {@link #credential} once more, and logs in again if the answer differs.
   */
  default void rejected(String user, Secret credential) {}
}
