package dev.onbehalf.lakebaselocal.internal.workspace;

import dev.onbehalf.lakebaselocal.internal.token.IssuedToken;
import dev.onbehalf.lakebaselocal.internal.token.RefusedTokenException;
import dev.onbehalf.lakebaselocal.internal.token.TokenAuthority;
import dev.onbehalf.lakebaselocal.internal.token.TokenKind;
import dev.onbehalf.lakebaselocal.internal.token.TokenScopes;
import dev.onbehalf.lakebaselocal.internal.token.VerifiedToken;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hands out tokens: to the service principal its own (client credentials, RFC 6749, 4.4), and for a
 * person's access token a database credential, by token exchange (RFC 8693) or in Microsoft Entra's
 * on-behalf-of form (RFC 7523 with {@code requested_token_use}). With the audience {@value
 * #DATABASE} the service principal's is a database credential, too.
 */
final class OAuthTokenEndpoint implements Endpoint {
  static final String PATH = "/oidc/v1/token";

  static final String CLIENT_CREDENTIALS = "client_credentials";
  static final String TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
  static final String JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
  static final List<String> GRANTS = List.of(CLIENT_CREDENTIALS, TOKEN_EXCHANGE, JWT_BEARER);

  private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
  private static final String DATABASE = "database";
  private static final Duration LIFETIME = Duration.ofHours(1);

  private final TokenAuthority tokens;
  private final Directory directory;
  private final ClientCredentials client;

  OAuthTokenEndpoint(TokenAuthority tokens, Directory directory, ClientCredentials client) {
    this.tokens = tokens;
    this.directory = directory;
    this.client = client;
  }

  @Override
  public Answer answer(Request request) throws WorkspaceException {
    Map<String, String> form = request.form();
    if (!client.matches(request.header("Authorization"))
        && !client.matches(form.get("client_id"), form.get("client_secret"))) {
      return refusal(401, "invalid_client", "The client id or the client secret is wrong.")
          .withHeader("WWW-Authenticate", "Basic realm=\"lakebase-local\"");
    }
    String grant = form.get("grant_type");
    if (grant == null) {
      return refusal(400, "invalid_request", "The parameter grant_type is missing.");
    }
    return switch (grant) {
      case CLIENT_CREDENTIALS -> own(form);
      case TOKEN_EXCHANGE ->
          ACCESS_TOKEN.equals(form.get("subject_token_type"))
              ? exchanged(form.get("subject_token"), form.get("audience"))
              : refusal(400, "invalid_request", "The subject_token_type is not " + ACCESS_TOKEN);
      case JWT_BEARER ->
          "on_behalf_of".equals(form.get("requested_token_use"))
              ? exchanged(form.get("assertion"), null)
              : refusal(400, "invalid_request", "The requested_token_use is not on_behalf_of.");
      default ->
          refusal(
              400,
              "unsupported_grant_type",
              "The grants known here are " + String.join(", ", GRANTS));
    };
  }

  private Answer own(Map<String, String> form) {
    IssuedToken token =
        DATABASE.equals(form.get("audience"))
            ? tokens.databaseCredential(client.clientId(), LIFETIME)
            : tokens.accessTokenForClient(client.clientId(), LIFETIME);
    return answer(token, Map.of("scope", TokenScopes.ALL));
  }

  private Answer exchanged(@Nullable String token, @Nullable String audience) {
    if (token == null) {
      return refusal(400, "invalid_request", "There is no token to exchange.");
    }
    if (audience != null && !audience.equals(DATABASE)) {
      return refusal(400, "invalid_target", "The audience known here is " + DATABASE + ".");
    }
    try {
      VerifiedToken verified = tokens.verify(TokenKind.ACCESS, token);
      if (directory.find(verified.identity()).isEmpty()) {
        return refusal(400, "invalid_grant", "Nobody here has this token.");
      }
      if (!verified.allows(TokenScopes.POSTGRES)) {
        return refusal(400, "invalid_scope", "The token lacks the scope " + TokenScopes.POSTGRES);
      }
      return answer(
          tokens.databaseCredential(verified.identity(), LIFETIME),
          Map.of("issued_token_type", ACCESS_TOKEN));
    } catch (RefusedTokenException e) {
      return refusal(400, "invalid_grant", e.getMessage() + ".");
    }
  }

  private static Answer answer(IssuedToken token, Map<String, String> further) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("access_token", token.value());
    json.put("token_type", "Bearer");
    json.put("expires_in", LIFETIME.toSeconds());
    json.putAll(further);
    return Answer.ok(json);
  }

  /** The shape that RFC 6749, section 5.2 prescribes. */
  private static Answer refusal(int status, String error, String description) {
    return new Answer(status, Map.of("error", error, "error_description", description), Map.of());
  }
}
