package dev.onbehalf.lakebase;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.onbehalf.lakebase.IdentityException.Reason;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Proves a token offline: by its signature, issuer, audience and times, as RFC 8725 advises. Costs
 * no call beyond fetching the issuer's keys now and then.
 *
 * <pre>{@code
 * IdentityVerifier verifier =
 *     new JwtIdentityVerifier(issuer, URI.create(issuer + "/jwks.json"), Set.of("my-app"), "email");
 * }</pre>
 *
 * <p>Accepted are RS256 and ES256 only: not {@code none}, and no HMAC, with which a public key
 * could be taken for a shared secret (RFC 8725, 2.1). {@code exp} is required and, with {@code
 * nbf}, may be off by 60 s. The keys are cached for five minutes, and fetched again for a key id
 * that they do not have, once a minute at most. What the issuer revoked before {@code exp} is not
 * noticed: choose the workspace's verifier where that matters. Thread-safe.
 */
public final class JwtIdentityVerifier implements IdentityVerifier {
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);
  private static final Duration SKEW = Duration.ofSeconds(60);
  private static final Duration KEYS_LAST = Duration.ofMinutes(5);
  private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(5);

  private final String addressClaim;
  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  /**
   * @param issuer the {@code iss} that tokens must have, to the letter
   * @param jwks where the issuer's keys are (RFC 7517); https, or http on loopback
   * @param audiences the {@code aud} of which tokens must have one; not empty
   * @param addressClaim the claim that holds the person's address, often {@code email}; one that
   *     the issuer has verified and that people can't choose for themselves
   * @throws IllegalArgumentException if an argument breaks its rule
   */
  public JwtIdentityVerifier(String issuer, URI jwks, Set<String> audiences, String addressClaim) {
    this(issuer, jwks, audiences, addressClaim, System::nanoTime);
  }

  JwtIdentityVerifier(
      String issuer, URI jwks, Set<String> audiences, String addressClaim, LongSupplier ticker) {
    if (issuer.isBlank() || addressClaim.isBlank() || audiences.isEmpty()) {
      throw new IllegalArgumentException(
          "A JWT is verified with an issuer, an audience and an address claim; none may be empty");
    }
    this.addressClaim = addressClaim;
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(
            ALGORITHMS,
            JWKSourceBuilder.<SecurityContext>create(
                    new RationedKeys(url(jwks), FETCH_TIMEOUT, ticker))
                .cache(KEYS_LAST.toMillis(), FETCH_TIMEOUT.toMillis())
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
  }

  private static URL url(URI jwks) {
    String host = Objects.requireNonNullElse(jwks.getHost(), "");
    boolean http = "http".equals(jwks.getScheme()) && SettingsReader.isLoopback(host);
    if (!http && !"https".equals(jwks.getScheme())) {
      throw new IllegalArgumentException(
          "The keys must come over https, for whoever changes them signs tokens: " + jwks);
    }
    try {
      return jwks.toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("Not the address of a key set: " + jwks, e);
    }
  }

  @Override
  public Proof verify(ForwardedIdentity identity) {
    try {
      JWTClaimsSet claims = processor.process(identity.accessToken().reveal(), null);
      String address = claims.getStringClaim(addressClaim);
      return new Proof(address, claims.getExpirationTime().toInstant().plus(SKEW));
    } catch (RemoteKeySourceException | JWKSetUnavailableException e) {
      throw new WorkspaceUnavailableException(
          "The keys of the tokens' issuer could not be fetched. Try again in a few seconds.", e);
    } catch (KeySourceException e) {
      throw new WorkspaceUnavailableException(
          "The keys of the tokens' issuer could not be read. Try again in a few seconds.", e);
    } catch (ParseException | BadJOSEException | JOSEException e) {
      throw new IdentityException(
          Reason.TOKEN_REFUSED, "The access token is not valid here. Sign in again.", e);
    }
  }
}
