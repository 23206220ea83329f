package dev.onbehalf.identity;

import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.JWTBearerGrant;
import com.nimbusds.oauth2.sdk.id.Audience;
import com.nimbusds.oauth2.sdk.token.TokenTypeURI;
import com.nimbusds.oauth2.sdk.token.TypelessAccessToken;
import com.nimbusds.oauth2.sdk.tokenexchange.TokenExchangeGrant;
import dev.onbehalf.identity.TokenEndpoint.Whose;
import dev.onbehalf.pool.Secret;
import java.text.ParseException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Logs people in with what the issuer exchanges their access token for: a token for the database,
 * in the place of the one for the application.
 *
 * <pre>{@code
 * OAuthClient client = OAuthClient.of("https://login.example.com", "the-app", secret);
 * PersonCredentials people = TokenExchange.of(client, Set.of("the-database"), Set.of());
 * }</pre>
 *
 * <p>Two forms: RFC 8693 ({@link #of}), and Microsoft Entra's on-behalf-of flow ({@link
 * #onBehalfOf}), which came before it. Thread-safe; nothing is asked before the first exchange.
 */
public final class TokenExchange implements PersonCredentials {
  private final TokenEndpoint endpoint;
  private final Form form;
  private final Set<String> audiences;
  private final Set<String> scopes;

  private enum Form {
    RFC_8693,
    ON_BEHALF_OF
  }

  private TokenExchange(
      TokenEndpoint endpoint, Form form, Set<String> audiences, Set<String> scopes) {
    this.endpoint = endpoint;
    this.form = form;
    this.audiences = Set.copyOf(audiences);
    this.scopes = Set.copyOf(scopes);
  }

  /**
   * RFC 8693, section 2.1: the person's token is the subject's, an access token is asked for.
   *
   * @param audiences whom the token is to be for, by the issuer's names; may be empty
   * @param scopes what it is to be good for; may be empty
   */
  public static TokenExchange of(OAuthClient client, Set<String> audiences, Set<String> scopes) {
    return of(client, audiences, scopes, Clock.systemUTC());
  }

  static TokenExchange of(
      OAuthClient client, Set<String> audiences, Set<String> scopes, Clock clock) {
    return new TokenExchange(new TokenEndpoint(client, clock), Form.RFC_8693, audiences, scopes);
  }

  /**
   * Entra's form: {@code grant_type} jwt-bearer (RFC 7523) with {@code
   * requested_token_use=on_behalf_of}.
   *
   * @param scopes what the token is to be good for, such as {@code
   *     https://ossrdbms-aad.database.windows.net/.default}
   */
  public static TokenExchange onBehalfOf(OAuthClient client, Set<String> scopes) {
    return new TokenExchange(
        new TokenEndpoint(client, Clock.systemUTC()), Form.ON_BEHALF_OF, Set.of(), scopes);
  }

  @Override
  public DatabaseCredential of(String user, Secret accessToken) {
    return form == Form.RFC_8693
        ? endpoint.ask(rfc8693(accessToken), scopes, Map.of(), Whose.PERSONS)
        : endpoint.ask(
            assertion(accessToken),
            scopes,
            Map.of("requested_token_use", "on_behalf_of"),
            Whose.PERSONS);
  }

  private AuthorizationGrant rfc8693(Secret accessToken) {
    return new TokenExchangeGrant(
        new TypelessAccessToken(accessToken.reveal()),
        TokenTypeURI.ACCESS_TOKEN,
        null,
        null,
        TokenTypeURI.ACCESS_TOKEN,
        audiences.isEmpty() ? null : Audience.create(List.copyOf(audiences)));
  }

  private static AuthorizationGrant assertion(Secret accessToken) {
    try {
      return new JWTBearerGrant(SignedJWT.parse(accessToken.reveal()));
    } catch (ParseException e) { // whose words may be the token's
      throw new IdentityException(
          IdentityException.Reason.TOKEN_REFUSED,
          "The access token is no signed JWT, which this exchange takes. Sign in again.");
    }
  }
}
