package dev.onbehalf.lakebase;

import com.nimbusds.jwt.JWTParser;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;

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
    return new Proof(user, expiryOf(identity.accessToken().reveal()));
  }

  /** What the token says of its own end: believed only to ask again sooner, never later. */
  private Instant expiryOf(String token) {
    try {
      Date expiry = JWTParser.parse(token).getJWTClaimsSet().getExpirationTime();
      return expiry == null ? longest() : expiry.toInstant();
    } catch (ParseException opaqueToken) {
      return longest();
    }
  }

  private Instant longest() {
    return clock.instant().plus(ProvedIdentities.LONGEST);
  }
}
