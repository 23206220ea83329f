package dev.onbehalf.lakebaselocal.internal.workspace;

import dev.onbehalf.lakebaselocal.internal.token.TokenAuthority;
import dev.onbehalf.lakebaselocal.internal.token.TokenScopes;
import java.time.Duration;
import java.util.Map;

/** Gives the service principal an access token: the client-credentials grant (RFC 6749, 4.4). */
final class OAuthTokenEndpoint implements Endpoint {
  static final String PATH = "/oidc/v1/token";
  private static final Duration LIFETIME = Duration.ofHours(1);

  private final TokenAuthority tokens;
  private final ClientCredentials client;

  OAuthTokenEndpoint(TokenAuthority tokens, ClientCredentials client) {
    this.tokens = tokens;
    this.client = client;
  }

  @Override
  public Answer answer(Request request) throws WorkspaceException {
    if (!client.matches(request.header("Authorization"))) {
      return refusal(401, "invalid_client", "The client id or the client secret is wrong.")
          .withHeader("WWW-Authenticate", "Basic realm=\"lakebase-local\"");
    }
    String grant = request.form().get("grant_type");
    if (grant == null) {
      return refusal(400, "invalid_request", "The parameter grant_type is missing.");
    }
    if (!grant.equals("client_credentials")) {
      return refusal(
          400, "unsupported_grant_type", "Only the grant client_credentials is known here.");
    }
    return Answer.ok(
        Map.of(
            "access_token",
            tokens.accessTokenForClient(client.clientId(), LIFETIME).value(),
            "token_type",
            "Bearer",
            "expires_in",
            LIFETIME.toSeconds(),
            "scope",
            TokenScopes.ALL));
  }

  /** The shape that RFC 6749, section 5.2 prescribes. */
  private static Answer refusal(int status, String error, String description) {
    return new Answer(status, Map.of("error", error, "error_description", description), Map.of());
  }
}
