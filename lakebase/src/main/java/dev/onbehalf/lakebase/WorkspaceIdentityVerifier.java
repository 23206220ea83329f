package dev.onbehalf.lakebase;

import java.time.Clock;
import java.time.Instant;
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
    // Its own end is believed only to ask again sooner, never later.
    return new Proof(user, endOf(identity.accessToken().reveal()).orElse(longest));
  }

  /** What the token says of its own end, if it does. */
  static Optional<Instant> endOf(String token) {
    return TokenClaims.of(token).end();
  }
}
