package dev.onbehalf.identity;

import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.JWTBearerGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import dev.onbehalf.identity.IssuerUnavailableException.Reason;
import dev.onbehalf.identity.internal.RepeatedWarning;
import dev.onbehalf.identity.internal.TokenClaims;
import dev.onbehalf.pool.Secret;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where an issuer hands out tokens (RFC 6749, 3.2), and what its refusals mean.
 *
 * <pre>
 *   invalid_grant, invalid_token, invalid_request about the subject    the person's: sign in again
 *   interaction_required, consent_required, access_denied              the person may not
 *   invalid_scope                                                      the token lacks a scope
 *   invalid_target                                                     the operator's
 *   invalid_client, unauthorized_client                                the operator's: the client
 *   429, 5xx, nothing                                                  nobody's: it passes
 * </pre>
 *
 * <p>Thread-safe.
 */
final class TokenEndpoint {
  /** Apart, so that what any person can bring about hides nothing of an operator's. */
  private static final RepeatedWarning notExchanged = RepeatedWarning.of(TokenEndpoint.class);

  private static final RepeatedWarning refused = RepeatedWarning.of(TokenEndpoint.class);
  private static final RepeatedWarning late = RepeatedWarning.of(TokenEndpoint.class);
  private final OAuthClient client;
  private final Clock clock;
  private final @Nullable DiscoveredEndpoint discovered;

  TokenEndpoint(OAuthClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
    this.discovered =
        client.tokenEndpoint() != null
            ? null
            : new DiscoveredEndpoint(client.issuer(), "token_endpoint", clock);
  }

  /** Who is refused when the grant is: a person, or the application. */
  enum Whose {
    PERSONS,
    APPLICATIONS
  }

  /** An access token as a password. */
  DatabaseCredential ask(
      AuthorizationGrant grant, Set<String> scopes, Map<String, String> parameters, Whose whose) {
    TokenRequest.Builder request =
        new TokenRequest.Builder(endpoint(), authentication(grant), grant);
    if (!scopes.isEmpty()) {
      request.scope(new Scope(scopes.toArray(String[]::new)));
    }
    parameters.forEach(request::customParameter);
    try {
      HTTPResponse answer = request.build().toHTTPRequest().send(new SilentHttp());
      if (answer.getStatusCode() >= 500 || answer.getStatusCode() == 429) {
        throw unreachable(null);
      }
      TokenResponse response = TokenResponse.parse(answer);
      if (!response.indicatesSuccess()) {
        throw refusal(response.toErrorResponse().getErrorObject(), whose);
      }
      return credential(response.toSuccessResponse().getTokens().getAccessToken());
    } catch (IOException e) {
      throw unreachable(e);
    } catch (ParseException e) { // whose words may be the answer's
      throw unreadable("is none that RFC 6749 knows");
    }
  }

  /** Basic, which each issuer has (RFC 6749, 2.3.1); Entra writes fields for its own form. */
  private ClientAuthentication authentication(AuthorizationGrant grant) {
    ClientID id = new ClientID(client.id());
    com.nimbusds.oauth2.sdk.auth.Secret secret =
        new com.nimbusds.oauth2.sdk.auth.Secret(client.secret().reveal());
    return grant instanceof JWTBearerGrant
        ? new ClientSecretPost(id, secret)
        : new ClientSecretBasic(id, secret);
  }

  private DatabaseCredential credential(AccessToken token) {
    Instant now = clock.instant();
    Instant end =
        token.getLifetime() > 0
            ? now.plusSeconds(token.getLifetime())
            : TokenClaims.of(token.getValue()).end().orElse(now); // who doesn't say is not kept
    return new DatabaseCredential(Secret.of(token.getValue()), end);
  }

  private URI endpoint() {
    URI given = client.tokenEndpoint();
    if (given != null) {
      return given;
    }
    try {
      return Objects.requireNonNull(discovered).uri();
    } catch (IOException e) {
      throw unreachable(e);
    } catch (java.text.ParseException e) {
      throw unreadable("does not say where tokens are asked for: " + e.getMessage());
    }
  }

  private RuntimeException refusal(@Nullable ErrorObject error, Whose whose) {
    String code = error == null || error.getCode() == null ? "" : error.getCode();
    IssuerAnswer answer =
        new IssuerAnswer(
            error == null ? 0 : error.getHTTPStatusCode(),
            code,
            error == null || error.getDescription() == null ? "" : error.getDescription());
    boolean persons = whose == Whose.PERSONS;
    return switch (code) {
      case "invalid_grant", "invalid_token", "invalid_request" ->
          persons
              ? notExchanged(
                  IdentityException.Reason.TOKEN_REFUSED,
                  "The issuer does not exchange the access token. Sign in again; if that does not help, whoever runs the application has to look at its log.",
                  answer)
              : operators(Reason.SERVICE_PRINCIPAL_REFUSED, answer);
      case "interaction_required", "consent_required", "login_required", "access_denied" ->
          persons
              ? notExchanged(
                  IdentityException.Reason.NOT_PERMITTED,
                  "The issuer does not let the owner of the access token have one for the database (%s). Ask an administrator for consent, or for access to it."
                      .formatted(code),
                  answer)
              : operators(Reason.SERVICE_PRINCIPAL_REFUSED, answer);
      case "invalid_scope" ->
          persons
              ? notExchanged(
                  IdentityException.Reason.MISSING_SCOPE,
                  "The access token lacks a scope, without which the issuer does not exchange it for the database's. Whoever runs the application adds it to those that people are asked for. Then sign in again.",
                  answer)
              : operators(Reason.REQUEST_REFUSED, answer);
      case "invalid_client", "unauthorized_client" ->
          operators(Reason.SERVICE_PRINCIPAL_REFUSED, answer);
      default -> operators(Reason.REQUEST_REFUSED, answer);
    };
  }

  /**
   * A subject token that is no good is an {@code invalid_request} (RFC 8693, 2.2.2), as is a
   * request that the issuer is not set up for: so the log has it, too.
   */
  private IdentityException notExchanged(
      IdentityException.Reason reason, String message, IssuerAnswer answer) {
    notExchanged.log(
        "The issuer {} does not exchange an access token: {}", client.issuer(), answer);
    return new IdentityException(reason, message, answer, null);
  }

  private IssuerUnavailableException operators(Reason reason, IssuerAnswer answer) {
    refused.log(
        "The issuer {} refuses the application's client {}: {}",
        client.issuer(),
        client.id(),
        answer);
    return new IssuerUnavailableException(
        reason,
        "The issuer of tokens refuses this application (%s). Whoever runs it has to look at its client, secret, audience and scope."
            .formatted(answer.statusAndCode()),
        answer,
        null);
  }

  private IssuerUnavailableException unreadable(String what) {
    refused.log("The answer of the issuer {} {}", client.issuer(), what);
    return new IssuerUnavailableException(
        Reason.ANSWER_UNREADABLE,
        "The answer of the issuer of tokens can't be read. Whoever runs the application has to look at its log.",
        null,
        null);
  }

  private IssuerUnavailableException unreachable(@Nullable IOException cause) {
    late.log("The issuer {} does not answer: {}", client.issuer(), String.valueOf(cause));
    return SilentHttp.unreachable(cause);
  }
}
