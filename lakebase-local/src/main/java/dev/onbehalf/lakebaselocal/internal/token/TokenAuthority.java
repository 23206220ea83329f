package dev.onbehalf.lakebaselocal.internal.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Date;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Issues and verifies the tokens of one Lakebase. Its key is the process's, because to find one
 * takes a good part of a start; whose a token is, a claim says. Thread-safe.
 */
public final class TokenAuthority {
  /*
   * Three claims of our own stand beside the usual ones. "exp" counts whole seconds, so a token asked
   * for one second would be born dead or live twice as long; "exp_ms" is the exact instant, and
   * "exp" is that, rounded up. "seq" numbers the tokens in the order of issue, so that all tokens
   * issued so far can be expired without a list of them, and without touching one issued in the
   * same millisecond. "authority" is this object's own, because a later one may have the same
   * issuer, that is the same port.
   */

  /** The workspace's id, and the audience of its access tokens. */
  public static final String WORKSPACE_ID = "7405605519549535";

  private static final int MAX_TOKEN_LENGTH = 8192;
  private static final String EXPIRES_AT_MILLIS = "exp_ms";
  private static final String SEQUENCE = "seq";
  private static final String AUTHORITY = "authority";
  private static final String SCOPE = "scope";

  private static final RSAKey KEY = newKey();

  private final Clock clock;
  private final String issuer;
  private final RSASSASigner signer;
  private final RSASSAVerifier verifier;
  private final String authority = UUID.randomUUID().toString();
  private final AtomicLong sequence = new AtomicLong();
  private final Map<TokenKind, AtomicLong> expiredUpTo = new EnumMap<>(TokenKind.class);

  public TokenAuthority(Clock clock, String issuer) {
    this.clock = clock;
    this.issuer = issuer;
    try {
      signer = new RSASSASigner(KEY);
      verifier = new RSASSAVerifier(KEY);
    } catch (JOSEException e) {
      throw new IllegalStateException("This JDK can't use an RSA key of 2048 bits", e);
    }
    for (TokenKind kind : TokenKind.values()) {
      expiredUpTo.put(kind, new AtomicLong());
    }
  }

  private static RSAKey newKey() {
    try {
      return new RSAKeyGenerator(2048)
          .keyUse(KeyUse.SIGNATURE)
          .keyIDFromThumbprint(true)
          .generate();
    } catch (JOSEException e) {
      throw new IllegalStateException("This JDK can't make an RSA key of 2048 bits", e);
    }
  }

  /** Who issues: the base of the OpenID Connect endpoints. */
  public String issuer() {
    return issuer;
  }

  /** The public key as a JSON Web Key Set (RFC 7517). */
  public Map<String, Object> jwks() {
    return new JWKSet(KEY).toJSONObject();
  }

  /** A person's access token, as a sign-in gives it. */
  public IssuedToken accessTokenForPerson(
      String email, Duration lifetime, Collection<String> scopes) {
    return issue(
        TokenKind.ACCESS,
        email,
        lifetime,
        Map.of("email", email, SCOPE, TokenScopes.claim(scopes)));
  }

  /** A service principal's access token (RFC 6749, section 4.4). */
  public IssuedToken accessTokenForClient(String clientId, Duration lifetime) {
    return issue(
        TokenKind.ACCESS,
        clientId,
        lifetime,
        Map.of("client_id", clientId, SCOPE, TokenScopes.ALL));
  }

  /** A password for the role that is named like the identity. */
  public IssuedToken databaseCredential(String identity, Duration lifetime) {
    return issue(TokenKind.DATABASE_CREDENTIAL, identity, lifetime, Map.of());
  }

  private IssuedToken issue(
      TokenKind kind, String subject, Duration lifetime, Map<String, String> further) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Instant expiresAt = now.plus(lifetime);
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .subject(subject)
            .audience(kind.audience())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(expiresAt.plusMillis(999)))
            .jwtID(UUID.randomUUID().toString())
            .claim(EXPIRES_AT_MILLIS, expiresAt.toEpochMilli())
            .claim(SEQUENCE, sequence.incrementAndGet())
            .claim(AUTHORITY, authority);
    further.forEach(claims::claim);
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.RS256).type(kind.type()).keyID(KEY.getKeyID()).build();
    SignedJWT token = new SignedJWT(header, claims.build());
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("Signing a token failed", e);
    }
    return new IssuedToken(token.serialize(), expiresAt);
  }

  /** Expires all tokens of this kind issued so far. */
  public void expireAll(TokenKind kind) {
    counter(kind).set(sequence.get());
  }

  /**
   * Verifies a token and tells whose it is and what for.
   *
   * @throws RefusedTokenException if it is not a live token of this kind, made here
   */
  public VerifiedToken verify(TokenKind kind, String token) throws RefusedTokenException {
    if (token.length() > MAX_TOKEN_LENGTH) {
      throw new RefusedTokenException("The token is over " + MAX_TOKEN_LENGTH + " characters long");
    }
    JWTClaimsSet claims = verifySignature(kind, token);
    try {
      if (!authority.equals(claims.getStringClaim(AUTHORITY))) {
        throw new RefusedTokenException("The token was not signed here");
      }
      if (!issuer.equals(claims.getIssuer())
          || !claims.getAudience().equals(List.of(kind.audience()))) {
        throw new RefusedTokenException("The token is for something else");
      }
      Instant expiresAt = Instant.ofEpochMilli(claims.getLongClaim(EXPIRES_AT_MILLIS));
      if (!clock.instant().isBefore(expiresAt)
          || claims.getLongClaim(SEQUENCE) <= counter(kind).get()) {
        throw new RefusedTokenException("The token has expired");
      }
      String scope = claims.getStringClaim(SCOPE);
      return new VerifiedToken(
          claims.getSubject(), TokenScopes.ofClaim(scope == null ? "" : scope));
    } catch (ParseException e) {
      throw new RefusedTokenException("The token's claims are malformed");
    }
  }

  private JWTClaimsSet verifySignature(TokenKind kind, String token) throws RefusedTokenException {
    try {
      SignedJWT parsed = SignedJWT.parse(token);
      JWSHeader header = parsed.getHeader();
      if (!isCanonical(token, parsed)
          || !JWSAlgorithm.RS256.equals(header.getAlgorithm())
          || !parsed.verify(verifier)) {
        throw new RefusedTokenException("The token was not signed here");
      }
      if (!kind.type().equals(header.getType())) {
        throw new RefusedTokenException("The token is of another kind");
      }
      return parsed.getJWTClaimsSet();
    } catch (ParseException | JOSEException | RuntimeException | StackOverflowError e) {
      // The parser meets more than it expects: a header that is the JSON value null, for one.
      throw new RefusedTokenException("This is not a token");
    }
  }

  /**
   * The parser skips what is not base64url, and the last character of a signature has bits to
   * spare: without this, a token that was changed in such a place would still be good.
   */
  private static boolean isCanonical(String token, SignedJWT parsed) {
    Base64URL signature = parsed.getSignature();
    return token.equals(parsed.serialize())
        && Base64URL.encode(signature.decode()).toString().equals(signature.toString());
  }

  private AtomicLong counter(TokenKind kind) {
    return Objects.requireNonNull(expiredUpTo.get(kind));
  }
}
