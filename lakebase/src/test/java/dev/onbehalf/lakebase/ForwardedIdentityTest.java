package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.lakebase.IdentityException.Reason;
import dev.onbehalf.pool.Secret;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedIdentityTest {
  private static ForwardedIdentity read(List<String> addresses, List<String> tokens) {
    Map<String, List<String>> headers =
        Map.of("X-Forwarded-Email", addresses, "X-Forwarded-Access-Token", tokens);
    return IdentityHeaders.STANDARD.read(name -> headers.getOrDefault(name, List.of()));
  }

  private static void assertMalformed(List<String> addresses, List<String> tokens, String names) {
    assertThatThrownBy(() -> read(addresses, tokens))
        .isInstanceOfSatisfying(
            IdentityException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED))
        .hasMessageContaining(names)
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void oneValueOfEachHeaderIsAnIdentityAndItsTokenIsNotPrinted() {
    ForwardedIdentity identity = read(List.of("alice@example.com"), List.of("s3cret"));
    assertThat(identity.address()).isEqualTo("alice@example.com");
    assertThat(identity.accessToken().reveal()).isEqualTo("s3cret");
    assertThat(identity).asString().doesNotContain("s3cret");
  }

  @Test
  void noHeadersAtAllIsAMissingIdentity() {
    assertThatThrownBy(() -> read(List.of(), List.of()))
        .isInstanceOfSatisfying(
            IdentityException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISSING));
  }

  @Test
  void oneHeaderOfThePairWithoutTheOtherIsMalformed() {
    assertMalformed(List.of("alice@example.com"), List.of(), "X-Forwarded-Access-Token");
    assertMalformed(List.of(), List.of("s3cret"), "X-Forwarded-Email");
  }

  @Test
  void twoValuesOfOneHeaderAreMalformed() {
    assertMalformed(
        List.of("alice@example.com", "bob@example.com"), List.of("s3cret"), "X-Forwarded-Email");
    assertMalformed(
        List.of("alice@example.com"), List.of("s3cret", "s3cret"), "X-Forwarded-Access-Token");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " alice@example.com",
        "alice@example.com ",
        "alice@example.com,bob@example.com",
        "alice@example.com\0",
        "alice@example.com\r\nX-Other: 1",
        "alice\u00a0@example.com",
        "alice\u2028@example.com",
        "alice\u0085@example.com",
        "alice\u202e@example.com",
        "alice\u2066@example.com",
        "alice\u200b@example.com",
        "alice\u00ad@example.com",
        "\ufeffalice@example.com",
        "\ud800@example.com",
        "a123456789b123456789c123456789d123456789e123456789f1@example.com",
      })
  void anAddressThatTwoProgramsCouldReadDifferentlyIsMalformed(String address) {
    assertMalformed(List.of(address), List.of("s3cret"), "X-Forwarded-Email");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s3cret s3cret", "s3cret,s3cret", "s3cret\n", "s3crét", "\ts3cret"})
  void aTokenThatNoBearerTokenLooksLikeIsMalformed(String token) {
    assertMalformed(List.of("alice@example.com"), List.of(token), "X-Forwarded-Access-Token");
  }

  @Test
  void aTokenMayHaveSixteenKibibytesAndNotOneMore() {
    assertThat(read(List.of("alice@example.com"), List.of("x".repeat(16_384)))).isNotNull();
    assertMalformed(
        List.of("alice@example.com"), List.of("x".repeat(16_385)), "has 16385 characters");
  }

  @Test
  void anAddressOfSixtyThreeBytesIsARoleAndOneOfSixtyFourIsNot() {
    String most = "ü".repeat(25) + "a@example.com";
    assertThat(new ForwardedIdentity(most, Secret.of("t")).address()).isEqualTo(most);
    assertThatThrownBy(() -> new ForwardedIdentity(most + "m", Secret.of("t")))
        .hasMessageContaining("has 64 bytes");
  }

  @Test
  void aProxyWithOtherHeaderNamesIsUnderstoodAndNamedInMessages() {
    IdentityHeaders headers = new IdentityHeaders("X-Auth-Request-Email", "X-Auth-Request-Token");
    assertThatThrownBy(() -> headers.read(name -> List.of("a", "b")))
        .hasMessageContaining("X-Auth-Request-Email");
  }
}
