package dev.onbehalf.lakebaselocal.internal.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.onbehalf.lakebaselocal.MovableClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenKindsTest {
  private static final String ALICE = "alice@example.com";
  private static final Duration HOUR = Duration.ofHours(1);

  private final MovableClock clock = new MovableClock();
  private final TokenAuthority authority = new TokenAuthority(clock, "http://127.0.0.1:1/oidc");

  @Test
  void tellsWhoseALiveTokenIs() throws Exception {
    String access = authority.accessTokenForPerson(ALICE, HOUR, TokenScopes.OF_PEOPLE).value();
    String credential = authority.databaseCredential(ALICE, HOUR).value();

    assertThat(authority.verify(TokenKind.ACCESS, access).identity()).isEqualTo(ALICE);
    assertThat(authority.verify(TokenKind.DATABASE_CREDENTIAL, credential).identity())
        .isEqualTo(ALICE);
  }

  @Test
  void neverTakesOneKindForTheOther() {
    assertRefused(TokenKind.DATABASE_CREDENTIAL, access(HOUR));
    assertRefused(TokenKind.ACCESS, authority.databaseCredential(ALICE, HOUR).value());
  }

  @Test
  void refusesATokenFromTheInstantItExpires() throws Exception {
    String token = access(Duration.ofMillis(1_500));

    clock.advance(Duration.ofMillis(1_499));
    assertThat(authority.verify(TokenKind.ACCESS, token).identity()).isEqualTo(ALICE);
    clock.advance(Duration.ofMillis(1));
    assertRefused(TokenKind.ACCESS, token);
  }

  @Test
  void makesATokenThatIsBornDead() {
    assertRefused(TokenKind.ACCESS, access(Duration.ZERO));
    assertRefused(TokenKind.ACCESS, access(Duration.ofMinutes(-5)));
  }

  @Test
  void expiresAllOfOneKindSoFarAndNoneThatComesAfter() throws Exception {
    String before = access(HOUR);
    String credential = authority.databaseCredential(ALICE, HOUR).value();
    authority.expireAll(TokenKind.ACCESS);
    String after = access(HOUR);

    assertRefused(TokenKind.ACCESS, before);
    assertThat(authority.verify(TokenKind.ACCESS, after).identity()).isEqualTo(ALICE);
    assertThat(authority.verify(TokenKind.DATABASE_CREDENTIAL, credential).identity())
        .isEqualTo(ALICE);
  }

  @Test
  void refusesATokenWhoseClaimsWereExchanged() throws Exception {
    String[] alices = access(HOUR).split("\\.", -1);
    String[] bobs =
        authority
            .accessTokenForPerson("bob@example.com", HOUR, TokenScopes.OF_PEOPLE)
            .value()
            .split("\\.", -1);

    assertRefused(TokenKind.ACCESS, alices[0] + "." + bobs[1] + "." + alices[2]);
  }

  /** Also where the change is lost in decoding: the last character carries two bits only. */
  @Test
  void refusesATokenInWhichAnySingleCharacterWasChanged() {
    String token = access(HOUR);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ =!\n";
    for (String c : alphabet.chars().mapToObj(Character::toString).toList()) {
      String changed = token.substring(0, token.length() - 1) + c;
      if (!changed.equals(token)) {
        assertRefused(TokenKind.ACCESS, changed);
      }
      assertRefused(TokenKind.ACCESS, token + c);
    }
    for (int i = 0; i < token.length(); i++) {
      char other = token.charAt(i) == 'A' ? 'B' : 'A';
      assertRefused(TokenKind.ACCESS, token.substring(0, i) + other + token.substring(i + 1));
    }
  }

  @Test
  void refusesATokenOfAnotherAuthority() {
    TokenAuthority other = new TokenAuthority(clock, authority.issuer());

    assertRefused(
        TokenKind.ACCESS, other.accessTokenForPerson(ALICE, HOUR, TokenScopes.OF_PEOPLE).value());
  }

  @Test
  void refusesATokenWithoutSignature() throws Exception {
    JWTClaimsSet claims = SignedJWT.parse(access(HOUR)).getJWTClaimsSet();

    assertRefused(TokenKind.ACCESS, new PlainJWT(claims).serialize());
  }

  /** The attack of a verifier that lets the token choose how the public key is used. */
  @Test
  void refusesATokenSignedWithThePublicKeyAsASharedSecret() throws Exception {
    SignedJWT genuine = SignedJWT.parse(access(HOUR));
    SignedJWT forged =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256)
                .type(JOSEObjectType.JWT)
                .keyID(genuine.getHeader().getKeyID())
                .build(),
            genuine.getJWTClaimsSet());
    forged.sign(new MACSigner(publicKey().toRSAPublicKey().getEncoded()));

    assertRefused(TokenKind.ACCESS, forged.serialize());
  }

  @Test
  void refusesWhatIsNotAToken() {
    for (String text : new String[] {"", ".", "..", "a.b.c", "é", "\0", "x".repeat(100_000)}) {
      assertRefused(TokenKind.ACCESS, text);
    }
  }

  /** Each made the parser throw something of its own, or could. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "{}",
        "7",
        "\"RS256\"",
        "{\"alg\":null}",
        "{\"alg\":7}",
        "{\"alg\":\"RS256\",\"crit\":null}",
        "{\"alg\":\"RS256\",\"b64\":false,\"crit\":[\"b64\"]}",
        "{\"alg\":\"RS256\",\"jwk\":{}}",
        "{\"alg\":\"RS256\",\"jwk\":null}",
        "{\"alg\":\"RS256\",\"x5c\":[null]}",
        "{\"alg\":\"RS256\",\"x5c\":[7]}",
        "{\"alg\":1e999999999}"
      })
  void refusesATokenWhoseHeaderOrClaimsAreOddJson(String json) {
    String odd = Base64URL.encode(json).toString();
    assertRefused(TokenKind.ACCESS, odd + ".e30.e30");
    assertRefused(TokenKind.ACCESS, "eyJhbGciOiJSUzI1NiJ9." + odd + ".e30");
  }

  @Test
  void tellsTheScopesOfATokenOnceEach() throws Exception {
    String token =
        authority.accessTokenForPerson(ALICE, HOUR, List.of("postgres", "sql", "postgres")).value();
    VerifiedToken verified = authority.verify(TokenKind.ACCESS, token);
    assertThat(verified.scopes()).containsExactlyInAnyOrder("postgres", "sql");
    assertThat(verified.allows("postgres")).isTrue();
    assertThat(verified.allows("postgre")).isFalse();
    assertThat(SignedJWT.parse(token).getJWTClaimsSet().getStringClaim("scope"))
        .isEqualTo("postgres sql");
    String nothing = authority.accessTokenForPerson(ALICE, HOUR, List.of()).value();
    assertThat(authority.verify(TokenKind.ACCESS, nothing).scopes()).isEmpty();
    String all = authority.accessTokenForClient("app", HOUR).value();
    assertThat(authority.verify(TokenKind.ACCESS, all).allows("postgres")).isTrue();
  }

  @Test
  void servesTheKeyThatVerifiesItsTokensAndNotThePrivateOne() throws Exception {
    assertThat(SignedJWT.parse(access(HOUR)).verify(new RSASSAVerifier(publicKey()))).isTrue();
    assertThat(publicKey().isPrivate()).isFalse();
  }

  private RSAKey publicKey() throws Exception {
    return JWKSet.parse(authority.jwks()).getKeys().get(0).toRSAKey();
  }

  private String access(Duration lifetime) {
    return authority.accessTokenForPerson(ALICE, lifetime, TokenScopes.OF_PEOPLE).value();
  }

  private void assertRefused(TokenKind kind, String token) {
    assertThatThrownBy(() -> authority.verify(kind, token))
        .isInstanceOf(RefusedTokenException.class);
  }
}
