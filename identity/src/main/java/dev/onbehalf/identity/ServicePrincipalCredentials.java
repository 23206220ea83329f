package dev.onbehalf.identity;

/**
 * What the application itself logs in with, where that is not {@code PGPASSWORD}.
 *
 * <pre>{@code
 * ServicePrincipalCredentials fixed = () -> new DatabaseCredential(password, Instant.MAX);
 * }</pre>
 *
 * <p>Kept and shared as {@link PersonCredentials} are. Asked by threads of the database's own, at
 * the same time as well: thread-safe. May block, and must end by itself.
 */
@FunctionalInterface
public interface ServicePrincipalCredentials {
  /**
   * What the application logs in with.
   *
   * @throws IssuerUnavailableException when there is nothing to be had. Any other exception counts
   *     as this one, and its message is not shown
   */
  DatabaseCredential get();
}
