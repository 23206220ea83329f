package dev.onbehalf.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.URLBasedJWKSetSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.onbehalf.identity.IdentityException.Reason;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Proves a token offline: by its signature, issuer, audience and times, as RFC 8725 advises. Costs
 * no call beyond fetching the issuer's keys now and then.
 *
 * <pre>{@code
 * IdentityVerifier verifier =
 *     new JwtIdentityVerifier("https://login.example.com", Set.of("my-app"), "email");
 * }</pre>
 *
 * <p>Accepted are RS256 and ES256 only: not {@code none}, and no HMAC, with which a public key
 * could be taken for a shared secret (RFC 8725, 2.1). {@code exp} is required and, with {@code
 * nbf}, may be off by 60 s. The keys are cached for five minutes, and fetched again for a key id
 * that they do not have, once a minute at most.
 *
 * <p>What a token says against itself is heard: an {@code email_verified} that is not true, where
 * the address is the claim {@code email}; an {@code azp} of another party; a {@code cnf}, which
 * binds it to a key; times that are none. Where it says nothing of these, nothing is held against
 * it. {@code iat} is not compared with the clock: it says when, not from when.
 *
 * <p>What the issuer revoked before {@code exp} is not noticed: choose one that asks where that
 * matters. Thread-safe.
 */
public final class JwtIdentityVerifier implements IdentityVerifier {
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);
  private static final Duration SKEW = Duration.ofSeconds(60);
  private static final Duration KEYS_LAST = Duration.ofMinutes(5);

  private final JwtRules rules;
  private final DefaultJWTProcessor<SecurityContext> processor;

  /**
   * A verifier that finds the issuer's keys by OpenID Connect Discovery, at the first token and not
   * before.
   *
   * @param issuer the {@code iss} that tokens must have, to the letter; https, or http on loopback
   * @param audiences the {@code aud} of which tokens must have one; not empty
   * @param addressClaim the claim that holds the person's address, often {@code email}; one that
   *     people can't choose for themselves
   * @throws IllegalArgumentException if an argument breaks its rule
   */
  public JwtIdentityVerifier(String issuer, Set<String> audiences, String addressClaim) {
    this(issuer, discovered(issuer), audiences, addressClaim, System::nanoTime);
  }

  /**
   * A verifier that is told where the issuer's keys are.
   *
   * @param issuer the {@code iss} that tokens must have, to the letter
   * @param jwks where the issuer's keys are (RFC 7517); https, or http on loopback
   * @param audiences the {@code aud} of which tokens must have one; not empty
   * @param addressClaim the claim that holds the person's address, often {@code email}; one that
   *     people can't choose for themselves
   * @throws IllegalArgumentException if an argument breaks its rule
   */
  public JwtIdentityVerifier(String issuer, URI jwks, Set<String> audiences, String addressClaim) {
    this(issuer, jwks, audiences, addressClaim, System::nanoTime);
  }

  JwtIdentityVerifier(
      String issuer, URI jwks, Set<String> audiences, String addressClaim, LongSupplier ticker) {
    this(
        issuer,
        new URLBasedJWKSetSource<>(IssuerMetadata.secure(jwks), SilentHttp::retrieve),
        audiences,
        addressClaim,
        ticker);
  }

  JwtIdentityVerifier(
      String issuer,
      JWKSetSource<SecurityContext> keys,
      Set<String> audiences,
      String addressClaim,
      LongSupplier ticker) {
    this(
        processor(issuer, keys, audiences, addressClaim, ticker),
        new JwtRules(addressClaim, Set.copyOf(audiences)));
  }

  private JwtIdentityVerifier(DefaultJWTProcessor<SecurityContext> processor, JwtRules rules) {
    this.processor = processor;
    this.rules = rules;
  }

  /**
   * The same verifier, which takes tokens that were issued to one of these parties: of those with
   * an {@code azp} it must be one. Without this, it must be one of the audiences, as that of an ID
   * token is; the access tokens of some issuers name the proxy's client there.
   *
   * @throws IllegalArgumentException if there is none
   */
  public JwtIdentityVerifier withAuthorizedParties(Set<String> parties) {
    if (parties.isEmpty()) {
      throw new IllegalArgumentException("Name at least one party that tokens are issued to");
    }
    return new JwtIdentityVerifier(
        processor, new JwtRules(rules.addressClaim(), Set.copyOf(parties)));
  }

  static JWKSetSource<SecurityContext> discovered(String issuer) {
    return new DiscoveredKeys(issuer, SilentHttp::retrieve);
  }

  private static DefaultJWTProcessor<SecurityContext> processor(
      String issuer,
      JWKSetSource<SecurityContext> keys,
      Set<String> audiences,
      String addressClaim,
      LongSupplier ticker) {
    if (issuer.isBlank() || addressClaim.isBlank() || audiences.isEmpty()) {
      throw new IllegalArgumentException(
          "A JWT is verified with an issuer, an audience and an address claim; none may be empty");
    }
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT,
            new JOSEObjectType("at+jwt"), // RFC 9068, 4
            new JOSEObjectType("application/at+jwt"),
            null));
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(
            ALGORITHMS,
            JWKSourceBuilder.<SecurityContext>create(new RationedKeys(keys, ticker))
                .cache(KEYS_LAST.toMillis(), SilentHttp.TIMEOUT.toMillis())
                .refreshAheadCache(false)
                .rateLimited(false)
                .build()));
    DefaultJWTClaimsVerifier<SecurityContext> claims =
        new DefaultJWTClaimsVerifier<>(
            audiences,
            new JWTClaimsSet.Builder().issuer(issuer).build(),
            Set.of("exp", addressClaim),
            Set.of());
    claims.setMaxClockSkew((int) SKEW.toSeconds());
    processor.setJWTClaimsSetVerifier(claims);
    return processor;
  }

  @Override
  public Proof verify(ForwardedIdentity identity) {
    try {
      SignedJWT token = SignedJWT.parse(identity.accessToken().reveal());
      Date end = processor.process(token, null).getExpirationTime();
      Map<String, Object> claims = token.getPayload().toJSONObject();
      return new Proof(rules.address(claims), end.toInstant().plus(SKEW), claims);
    } catch (RemoteKeySourceException | JWKSetUnavailableException e) {
      throw new IssuerUnavailableException(
          "The keys of the tokens' issuer could not be fetched. Try again in a few seconds.", e);
    } catch (KeySourceException e) {
      throw new IssuerUnavailableException(
          IssuerUnavailableException.Reason.ANSWER_UNREADABLE,
          "The keys of the tokens' issuer could not be read. Whoever runs the application has to look at its log.",
          null,
          e);
    } catch (ParseException
        | BadJOSEException
        | JOSEException
        | RuntimeException
        | StackOverflowError e) {
      // The parser meets more than it expects: a header that is the JSON value null, for one.
      throw new IdentityException(
          Reason.TOKEN_REFUSED, "The access token is not valid here. Sign in again.", e);
    }
  }
}
