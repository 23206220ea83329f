package dev.onbehalf.identity;

import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoSuccessResponse;
import com.nimbusds.openid.connect.sdk.claims.UserInfo;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.internal.RepeatedWarning;
import dev.onbehalf.identity.internal.TokenClaims;
import dev.onbehalf.pool.Secret;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the issuer's userinfo endpoint whose a token is (OpenID Connect Core 1.0, section 5.3): one
 * call, good for opaque tokens as well.
 *
 * <pre>{@code
 * IdentityVerifier verifier =
 *     new UserinfoIdentityVerifier("https://login.example.com", "email");
 * }</pre>
 *
 * <p>The answer says whose the token is, and not whom it was issued for: any application's token of
 * that issuer is taken, and where several issuers share one endpoint, as Microsoft Entra's tenants
 * do, those of the others. Where that is not wanted, take {@link JwtIdentityVerifier}, which looks
 * at issuer and audience. What a token says of its own issuer is heard against it. Where the claim
 * is {@code email}, {@code email_verified} has to be there and true (section 5.1). Thread-safe;
 * nothing is fetched before the first token.
 */
public final class UserinfoIdentityVerifier implements IdentityVerifier {
  private static final RepeatedWarning failed = RepeatedWarning.of(UserinfoIdentityVerifier.class);
  private static final RepeatedWarning late = RepeatedWarning.of(UserinfoIdentityVerifier.class);
  private final String issuer;
  private final DiscoveredEndpoint userinfo;
  private final JwtRules rules;

  /**
   * @param issuer whose metadata name the endpoint; https, or http on loopback
   * @param addressClaim the claim that holds the person's address, often {@code email}; one that
   *     people can't choose for themselves
   * @throws IllegalArgumentException if an argument breaks its rule
   */
  public UserinfoIdentityVerifier(String issuer, String addressClaim) {
    if (issuer.isBlank() || addressClaim.isBlank()) {
      throw new IllegalArgumentException(
          "Userinfo is asked of an issuer, for an address claim; neither may be empty");
    }
    this.issuer = issuer;
    this.userinfo = new DiscoveredEndpoint(issuer, "userinfo_endpoint", Clock.systemUTC());
    this.rules = new JwtRules(addressClaim, Set.of());
  }

  @Override
  public Proof verify(ForwardedIdentity identity) {
    Secret token = identity.accessToken();
    TokenClaims said = TokenClaims.of(token);
    if (said.issuer().filter(it -> !it.equals(issuer)).isPresent()) {
      throw new IdentityException(
          Reason.TOKEN_REFUSED, "The access token is of another issuer. Sign in again.");
    }
    try {
      HTTPResponse answer =
          new UserInfoRequest(endpoint(), new BearerAccessToken(token.reveal()))
              .toHTTPRequest()
              .send(new SilentHttp());
      return switch (answer.getStatusCode()) {
        case 200 -> proof(answer, said.end().orElse(Instant.MAX));
        case 400, 401, 403 -> throw refused(answer);
        case 408, 429 -> throw unreachable("HTTP " + answer.getStatusCode(), null);
        default ->
            throw answer.getStatusCode() >= 500
                ? unreachable("HTTP " + answer.getStatusCode(), null)
                : unreadable("is HTTP " + answer.getStatusCode());
      };
    } catch (IOException e) {
      throw unreachable(e.toString(), e);
    }
  }

  private Proof proof(HTTPResponse answer, Instant end) {
    try {
      UserInfo info = UserInfoSuccessResponse.parse(answer).getUserInfo();
      if (info == null) {
        throw unreadable("is a JWT, and plain JSON is read");
      }
      Map<String, Object> claims = info.toJSONObject();
      rules.requireSaidVerified(claims);
      return new Proof(rules.address(claims), end, claims);
    } catch (ParseException e) { // whose words may be the answer's
      throw unreadable("is no userinfo");
    } catch (BadJWTException e) {
      throw new IdentityException(
          Reason.TOKEN_REFUSED,
          "The issuer's word on the access token is not enough: %s. Sign in again."
              .formatted(e.getMessage()));
    }
  }

  private URI endpoint() {
    try {
      return userinfo.uri();
    } catch (IOException e) {
      throw unreachable(e.toString(), e);
    } catch (java.text.ParseException e) {
      throw unreadable("does not say whom to ask: " + e.getMessage());
    }
  }

  /** RFC 6750, section 3.1. */
  private static IdentityException refused(HTTPResponse answer) {
    String challenge = String.valueOf(answer.getHeaderValue("WWW-Authenticate"));
    return challenge.contains("insufficient_scope")
        ? new IdentityException(
            Reason.MISSING_SCOPE,
            "The access token lacks the scope openid, without which the issuer does not say whose it is. Whoever runs the application adds it to those that people are asked for. Then sign in again.")
        : new IdentityException(
            Reason.TOKEN_REFUSED, "The issuer refused the access token. Sign in again.");
  }

  private IssuerUnavailableException unreadable(String what) {
    failed.log("The answer of the issuer {} {}", issuer, what);
    return new IssuerUnavailableException(
        IssuerUnavailableException.Reason.ANSWER_UNREADABLE,
        "The issuer's word on the access token can't be read. Whoever runs the application has to look at its log.",
        null,
        null);
  }

  private IssuerUnavailableException unreachable(String why, @Nullable IOException cause) {
    late.log("The issuer {} does not say whose a token is: {}", issuer, why);
    return SilentHttp.unreachable(cause);
  }
}
