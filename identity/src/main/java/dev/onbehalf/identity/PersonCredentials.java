package dev.onbehalf.identity;

import dev.onbehalf.pool.Secret;

/**
 * What a proved person logs in to the database with: the one thing that differs from one kind of
 * PostgreSQL to the next.
 *
 * <pre>{@code
 * PersonCredentials vault = (user, accessToken) -> {
 *   Lease lease = client.databaseCredential(accessToken.reveal());
 *   return new DatabaseCredential(Secret.of(lease.password()), lease.end());
 * };
 * }</pre>
 *
 * <p>Asked from several threads at once, but once for each person: {@link OnBehalfDatabase} keeps
 * what it says until two minutes before its end, shares it among all who need it at that moment,
 * and shows it to nobody. It may block, and must end by itself: callers don't wait for longer than
 * the connection time-out, but four that never end keep everybody from logging in.
 */
@FunctionalInterface
public interface PersonCredentials {
  /** The SQL that makes a role that can log in so, for who has none. */
  default String createRole(String user) {
    return "CREATE ROLE %s LOGIN;".formatted(RoleSetup.identifier(user));
  }

  /**
   * What {@code user} logs in with.
   *
   * @param user the role: the address as the proof spells it, or what {@link RoleNames} make of it
   * @param accessToken proved to be theirs
   * @throws IdentityException when the token, or its owner, is refused
   * @throws IssuerUnavailableException when nobody could be asked. Any other exception counts as
   *     this one, and its message is not shown
   */
  DatabaseCredential of(String user, Secret accessToken);
}
