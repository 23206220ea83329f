package dev.onbehalf.lakebase;

import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;

/**
 * Asks the workspace whose a token is ({@code GET /api/2.0/preview/scim/v2/Me} with that token):
 * one call, good for every kind of token. The default.
 *
 * <p>Thread-safe.
 */
final class WorkspaceIdentityVerifier implements IdentityVerifier {
  private final DatabricksWorkspace workspace;
  private final Clock clock;

  WorkspaceIdentityVerifier(DatabricksWorkspace workspace, Clock clock) {
    this.workspace = workspace;
    this.clock = clock;
  }

  @Override
  public Proof verify(ForwardedIdentity identity) {
    String user = workspace.userNameOf(identity.accessToken());
    Instant longest = clock.instant().plus(ProvedIdentities.LONGEST);
    return new Proof(user, endOf(identity.accessToken().reveal()).orElse(longest));
  }

  /**
   * What the token says of its own end: believed only to ask again sooner, never later. Empty where
   * it says nothing, or nothing that we can read: opaque and encrypted tokens are good ones too.
   */
  static Optional<Instant> endOf(String token) {
    try {
      return JWTParser.parse(token) instanceof SignedJWT signed
          ? Optional.ofNullable(signed.getJWTClaimsSet().getExpirationTime()).map(Date::toInstant)
          : Optional.empty();
    } catch (ParseException | RuntimeException opaqueToken) { // Nimbus fails on some inventions
      return Optional.empty();
    }
  }
}
