package dev.onbehalf.lakebaselocal.internal.workspace;

import dev.onbehalf.lakebaselocal.internal.token.TokenAuthority;
import dev.onbehalf.lakebaselocal.internal.token.TokenScopes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Says where everything is: the platform's own document, RFC 8414's, OpenID Connect's, and the keys
 * (RFC 7517).
 */
final class DiscoveryEndpoints {
  static final String CONFIG_PATH = "/.well-known/databricks-config";
  static final String SERVER_PATH = "/oidc/.well-known/oauth-authorization-server";
  static final String OPENID_PATH = "/oidc/.well-known/openid-configuration";
  static final String JWKS_PATH = "/oidc/jwks.json";

  private final TokenAuthority tokens;

  DiscoveryEndpoints(TokenAuthority tokens) {
    this.tokens = tokens;
  }

  Answer config(Request request) {
    return Answer.ok(
        Map.of("oidc_endpoint", tokens.issuer(), "workspace_id", TokenAuthority.WORKSPACE_ID));
  }

  Answer authorizationServer(Request request) {
    return Answer.ok(server());
  }

  /** OpenID Connect Discovery 1.0, section 3. */
  Answer openId(Request request) {
    Map<String, Object> provider = new LinkedHashMap<>(server());
    provider.put("userinfo_endpoint", tokens.issuer() + "/v1/userinfo");
    provider.put("subject_types_supported", List.of("public"));
    provider.put("id_token_signing_alg_values_supported", List.of("RS256"));
    return Answer.ok(provider);
  }

  private Map<String, Object> server() {
    String issuer = tokens.issuer();
    return Map.of(
        "issuer",
        issuer,
        "authorization_endpoint",
        issuer + "/v1/authorize",
        "token_endpoint",
        issuer + "/v1/token",
        "jwks_uri",
        issuer + "/jwks.json",
        "grant_types_supported",
        OAuthTokenEndpoint.GRANTS,
        "response_types_supported",
        List.of("code"),
        "scopes_supported",
        List.of(TokenScopes.ALL, TokenScopes.CURRENT_USER, TokenScopes.POSTGRES),
        "token_endpoint_auth_methods_supported",
        List.of("client_secret_basic"));
  }

  Answer jwks(Request request) {
    return Answer.ok(tokens.jwks());
  }
}
