package dev.onbehalf.lakebaselocal.internal.token;

import java.util.Set;

/**
 * What a good token says.
 *
 * @param identity whose it is
 * @param scopes what it may be used for (RFC 6749, section 3.3)
 */
public record VerifiedToken(String identity, Set<String> scopes) {

  /** Whether it may be used for what needs {@code scope}. */
  public boolean allows(String scope) {
    return scopes.contains(scope) || scopes.contains(TokenScopes.ALL);
  }
}
