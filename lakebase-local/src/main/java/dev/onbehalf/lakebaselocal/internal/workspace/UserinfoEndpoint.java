package dev.onbehalf.lakebaselocal.internal.workspace;

import dev.onbehalf.lakebaselocal.internal.token.TokenScopes;
import java.util.LinkedHashMap;
import java.util.Map;

/** Says whose access token it is, as OpenID Connect has it (Core 1.0, section 5.3). */
final class UserinfoEndpoint implements Endpoint {
  static final String PATH = "/oidc/v1/userinfo";

  private final BearerAuthentication authentication;

  UserinfoEndpoint(BearerAuthentication authentication) {
    this.authentication = authentication;
  }

  @Override
  public Answer answer(Request request) throws WorkspaceException {
    Identity identity = authentication.identify(request, TokenScopes.CURRENT_USER);
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("sub", identity.name());
    if (identity.type() == IdentityType.USER) {
      claims.put("email", identity.name());
      claims.put("email_verified", true);
    }
    return Answer.ok(claims);
  }
}
