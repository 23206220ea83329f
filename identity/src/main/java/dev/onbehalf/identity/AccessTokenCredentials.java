package dev.onbehalf.identity;

import dev.onbehalf.identity.internal.TokenClaims;
import dev.onbehalf.pool.Secret;
import java.time.Clock;

/**
 * Logs people in with their access token itself, where the database takes that: Cloud SQL and
 * AlloyDB with IAM, Microsoft Entra when the proxy asks for the database's scope, poolers that pass
 * it on.
 *
 * <pre>{@code
 * PersonCredentials people = new AccessTokenCredentials();
 * }</pre>
 *
 * <p>A JWT is kept until its own end, an opaque token for no login but the one. Thread-safe.
 */
public final class AccessTokenCredentials implements PersonCredentials {
  private final Clock clock = Clock.systemUTC();

  @Override
  public DatabaseCredential of(String user, Secret accessToken) {
    return new DatabaseCredential(
        accessToken, TokenClaims.of(accessToken).end().orElseGet(clock::instant));
  }
}
