package dev.onbehalf.identity;

import dev.onbehalf.pool.Secret;
import java.util.List;
import java.util.Optional;

/**
 * What is behind a PostgreSQL: who vouches for people, what they and the application log in with,
 * and how roles are made. {@link #of} makes one of an {@link IdentityVerifier} and the two kinds of
 * credentials; what an own class adds is all optional.
 *
 * <pre>{@code
 * Platform platform = Platform.of(verifier, people, servicePrincipal);
 * OnBehalfDatabase database = OnBehalfDatabase.of(settings, platform);
 * }</pre>
 *
 * <p>Thread-safe. What blocks is called in threads of its own; it must end by itself, and throws an
 * {@link IdentityException} or an {@link IssuerUnavailableException}.
 */
public interface Platform {

  /** The plainest: what PostgreSQL itself offers, and the three things that it does not. */
  static Platform of(
      IdentityVerifier verifier,
      PersonCredentials people,
      ServicePrincipalCredentials servicePrincipal) {
    return of(verifier, people, servicePrincipal, List.of());
  }

  /**
   * The same.
   *
   * @param names the application's names besides {@code PGUSER}, as which nobody may act, such as
   *     its client's id
   */
  static Platform of(
      IdentityVerifier verifier,
      PersonCredentials people,
      ServicePrincipalCredentials servicePrincipal,
      List<String> names) {
    return new Platform() {
      @Override
      public List<String> servicePrincipalNames() {
        return names;
      }

      @Override
      public String createRole(String user) {
        return people.createRole(user);
      }

      @Override
      public IdentityVerifier identityVerifier() {
        return verifier;
      }

      @Override
      public DatabaseCredential personCredential(String user, Secret accessToken) {
        return people.of(user, accessToken);
      }

      @Override
      public DatabaseCredential servicePrincipalCredential() {
        return servicePrincipal.get();
      }
    };
  }

  /** Who proves whose a token is, where the settings name nobody. */
  IdentityVerifier identityVerifier();

  /** What a proved person logs in with; see {@link PersonCredentials}. */
  DatabaseCredential personCredential(String user, Secret accessToken);

  /** What the application logs in with; see {@link ServicePrincipalCredentials}. */
  DatabaseCredential servicePrincipalCredential();

  /**
   * The application's names here that are known without asking anybody; the first is its role,
   * where {@code PGUSER} doesn't say. No request may act as one of them. Asked at each request.
   */
  default List<String> servicePrincipalNames() {
    return List.of();
  }

  /**
   * Finds out the application's role, where neither {@code PGUSER} nor {@link
   * #servicePrincipalNames()} tells. Asked once.
   */
  default String askServicePrincipalName() {
    throw new IssuerUnavailableException(
        IssuerUnavailableException.Reason.SERVICE_PRINCIPAL_REFUSED,
        "PGUSER is not set, and nothing else tells the application's role.",
        null,
        null);
  }

  /** Returns when what vouches for people answers, and takes the application for what it is. */
  default void check() {}

  /** What {@link #check} asks, where health is shown by name; empty where it asks nothing. */
  default Optional<String> healthName() {
    return Optional.empty();
  }

  /** Warns in the log when {@code host}, which is {@code PGHOST}, can't be the database. */
  default void checkHost(String host) {}

  /** The SQL that gives a person a role. */
  default String createRole(String user) {
    return "CREATE ROLE %s LOGIN;".formatted(RoleSetup.identifier(user));
  }

  /** A command that does the same; empty where there is none. */
  default Optional<String> createRoleCommand(String user) {
    return Optional.empty();
  }
}
