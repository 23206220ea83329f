package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.pool.Secret;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Genuine tokens that say something against themselves: each is heard. */
class JwtRulesTest {
  private static final String ALICE = "alice@example.com";
  private static final TestIssuer ISSUER = new TestIssuer();

  private final JwtIdentityVerifier verifier = verifier("email");

  private static JwtIdentityVerifier verifier(String addressClaim) {
    return new JwtIdentityVerifier(ISSUER.issuer(), Set.of("the-app", "its-api"), addressClaim);
  }

  @AfterAll
  static void stop() {
    ISSUER.close();
  }

  private static ForwardedIdentity identity(String token) {
    return new ForwardedIdentity(ALICE, Secret.of(token));
  }

  /** A good token with its address, and {@code further} claims. */
  private static String token(String further) {
    return ISSUER.token(", \"email\": \"%s\"%s".formatted(ALICE, further));
  }

  private static void assertAccepted(IdentityVerifier verifier, String token) {
    assertThat(verifier.verify(identity(token)).user()).isEqualTo(ALICE);
  }

  private static void assertRefused(IdentityVerifier verifier, String token) {
    assertThatThrownBy(() -> verifier.verify(identity(token)))
        .isInstanceOfSatisfying(
            IdentityException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOKEN_REFUSED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "false",
        "\"false\"",
        "\"FALSE\"",
        "\"TRUE\"",
        "0",
        "1",
        "null",
        "[]",
        "[true]",
        "{}",
        "\"\""
      })
  void anAddressThatIsNotVerifiedIsRefused(String verified) {
    assertRefused(verifier, token(", \"email_verified\": " + verified));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", \"email_verified\": true", ", \"email_verified\": \"true\""})
  void anAddressThatIsVerifiedOrOfWhichNothingIsSaidIsTaken(String verified) {
    assertAccepted(verifier, token(verified));
  }

  @Test
  void whetherTheEmailIsVerifiedSaysNothingOfAnotherClaim() {
    String token = ISSUER.token(", \"upn\": \"%s\", \"email_verified\": false".formatted(ALICE));
    assertAccepted(verifier("upn"), token);
    assertRefused(verifier("email"), token);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"mallorys-app\"",
        "\"\"",
        "\"The-App\"",
        "[\"the-app\"]",
        "[]",
        "null",
        "7",
        "true",
        "{}"
      })
  void aTokenThatWasIssuedToAnotherPartyIsRefused(String party) {
    assertRefused(verifier, token(", \"azp\": " + party));
  }

  @Test
  void thePartyIsAnAudienceOrOneThatIsNamed() {
    assertAccepted(verifier, token(", \"azp\": \"its-api\""));
    JwtIdentityVerifier named = verifier.withAuthorizedParties(Set.of("proxy"));
    assertAccepted(named, token(", \"azp\": \"proxy\""));
    assertAccepted(named, token(""));
    assertRefused(named, token(", \"azp\": \"the-app\""));
    assertThatThrownBy(() -> verifier.withAuthorizedParties(Set.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"jkt\": \"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}",
        "{\"x5t#S256\": \"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2\"}",
        "{}",
        "null"
      })
  void aTokenThatIsBoundToAKeyIsNotTakenFromWhoeverBearsIt(String confirmation) {
    assertRefused(verifier, token(", \"cnf\": " + confirmation));
  }

  /** Seconds that overflow when they are made milliseconds: far in the future, yet they pass. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "9223372036854775807",
        "18446744073709552",
        "99999999999999999999999999",
        "1e300",
        "253402300800",
        "-1",
        "-1e300",
        "null"
      })
  void timesThatAreNoneAreRefused(String time) {
    assertRefused(verifier, token(", \"nbf\": " + time));
    assertRefused(verifier, token(", \"iat\": " + time));
    assertRefused(
        verifier,
        ISSUER.signed(
            "{\"iss\": \"%s\", \"aud\": \"the-app\", \"email\": \"%s\", \"exp\": %s}"
                .formatted(ISSUER.issuer(), ALICE, time)));
  }

  @Test
  void aTokenIsNotHeldAgainstItselfForWhenItWasIssued() {
    long future = Instant.now().plusSeconds(600).getEpochSecond();
    assertAccepted(verifier, token(", \"iat\": " + future));
    assertRefused(verifier, token(", \"nbf\": " + future));
    assertAccepted(verifier, token(", \"nonce\": \"n\", \"at_hash\": \"x\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"JWT", "jwt", "at+jwt", "application/at+jwt"})
  void idTokensAndAccessTokensAreTaken(String type) {
    assertAccepted(verifier, ofType(type));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"logout+jwt", "dpop+jwt", "secevent+jwt", "JOSE", "token-introspection+jwt"})
  void tokensForSomethingElseAreRefused(String type) {
    assertRefused(verifier, ofType(type));
  }

  private static String ofType(String type) {
    return ISSUER.signed(
        type,
        "{\"iss\": \"%s\", \"aud\": [\"other\", \"the-app\"], \"email\": \"%s\", \"exp\": %s}"
            .formatted(ISSUER.issuer(), ALICE, Instant.now().plusSeconds(60).getEpochSecond()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "true", "null", "[\"alice@example.com\"]", "{\"a\": 1}"})
  void anAddressThatIsNoTextIsRefused(String address) {
    assertRefused(verifier, ISSUER.token(", \"email\": " + address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "7",
        "\"x\"",
        "{}",
        "",
        "{\"exp\": 1, \"exp\": 9999999999}",
        "\u00ff"
      })
  void claimsThatAreNoneAreRefused(String claims) {
    assertRefused(verifier, ISSUER.signed(claims));
  }
}
