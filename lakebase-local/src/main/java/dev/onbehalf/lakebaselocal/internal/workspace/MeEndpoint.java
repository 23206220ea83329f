package dev.onbehalf.lakebaselocal.internal.workspace;

import dev.onbehalf.lakebaselocal.internal.token.TokenScopes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says whose access token it is, as SCIM describes a user (RFC 7643, section 4.1). */
final class MeEndpoint implements Endpoint {
  static final String PATH = "/api/2.0/preview/scim/v2/Me";

  private final BearerAuthentication authentication;

  MeEndpoint(BearerAuthentication authentication) {
    this.authentication = authentication;
  }

  @Override
  public Answer answer(Request request) throws WorkspaceException {
    Identity identity = authentication.identify(request, TokenScopes.CURRENT_USER);
    Map<String, Object> user = new LinkedHashMap<>();
    user.put("schemas", List.of("urn:ietf:params:scim:schemas:core:2.0:User"));
    user.put("id", identity.id());
    user.put("userName", identity.name());
    user.put("displayName", identity.name());
    user.put("active", true);
    if (identity.type() == IdentityType.USER) {
      user.put(
          "emails", List.of(Map.of("type", "work", "value", identity.name(), "primary", true)));
    }
    return Answer.ok(user);
  }
}
