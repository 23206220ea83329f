package dev.onbehalf.lakebase;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.internal.TokenClaims;
import java.time.Instant;

/**
 * Asks the workspace whose a token is ({@code GET /api/2.0/preview/scim/v2/Me} with that token):
 * one call, good for every kind of token. The default.
 *
 * <p>Thread-safe.
 */
final class WorkspaceIdentityVerifier implements IdentityVerifier {
  private final DatabricksWorkspace workspace;

  WorkspaceIdentityVerifier(DatabricksWorkspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Proof verify(ForwardedIdentity identity) {
    String user = workspace.userNameOf(identity.accessToken());
    // Its own end is believed only to ask again sooner, never later.
    return new Proof(user, TokenClaims.of(identity.accessToken()).end().orElse(Instant.MAX));
  }
}
