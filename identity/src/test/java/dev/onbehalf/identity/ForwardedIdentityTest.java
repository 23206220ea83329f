package dev.onbehalf.identity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.pool.Secret;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedIdentityTest {
  private static ForwardedIdentity read(List<String> addresses, List<String> tokens) {
    return readBytes(addresses.stream().map(ForwardedIdentityTest::utf8).toList(), tokens);
  }

  /** UTF-8 as a server hands it on, a character for each byte; what is no Unicode, as it is. */
  private static String utf8(String text) {
    return UTF_8.newEncoder().canEncode(text) ? new String(text.getBytes(UTF_8), ISO_8859_1) : text;
  }

  private static ForwardedIdentity readBytes(List<String> addresses, List<String> tokens) {
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
  void anAddressWithoutATokenSaysWhatToEnable() {
    assertMalformed(List.of("alice@example.com"), List.of(), "enable user authorization");
    assertMalformed(List.of("alice@example.com"), List.of(), "--pass-access-token");
    assertMalformed(List.of(), List.of("s3cret"), "--pass-user-headers");
    assertMalformed(List.of("a", "b"), List.of(), "X-Forwarded-Access-Token is not");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "müller@example.com",
        "mu\u0308ller@example.com", // not the same role: nothing is normalised
        "łukasz@example.com",
        "田中@example.com",
        "\ud83d\ude00@example.com",
        "한글@example.com", // whose fillers show nothing
        "\u2801@example.com", // Braille
        "Ã¼@example.com" // somebody's real name, and no mistake for ü
      })
  void anAddressIsReadAsUtf8(String address) {
    assertThat(read(List.of(address), List.of("t")).address()).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "m\u00fcller@example.com", // ISO-8859-1
        "m\u00c3", // cut off
        "m\u00c3ller@example.com",
        "\u00bcller@example.com",
        "\u00c0\u00af@example.com", // "/" in two bytes
        "\u00c1\u0081lice@example.com", // "A" in two bytes
        "\u00e0\u0081\u0081lice@example.com", // "A" in three
        "\u00ed\u00a0\u0080@example.com", // half of a pair
        "\u00ed\u00a0\u00bd\u00ed\u00b8\u0080@example.com", // both halves
        "\u00f4\u0090\u0080\u0080@example.com", // beyond Unicode
        "\u00f8\u0088\u0080\u0080\u0080@example.com",
        "\u00ff@example.com",
        "\u0142ukasz@example.com", // decoded by somebody already
        "\u0142\u00c3\u00bc@example.com"
      })
  void anAddressInBrokenUtf8IsMalformed(String address) {
    assertThatThrownBy(() -> readBytes(List.of(address), List.of("t")))
        .isInstanceOfSatisfying(
            IdentityException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED))
        .hasMessage("The header X-Forwarded-Email is not in UTF-8.");
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

  /** The role that a rule makes of an address is held to the same. */
  @ParameterizedTest
  @ValueSource(
      ints = {
        0xad, 0x34f, 0x115f, 0x1160, 0x17b4, 0x180b, 0x180f, 0x2065, 0x2800, 0x3164, 0xfe00, 0xfe0f,
        0xffa0, 0xfff0, 0xffff, 0x1bca0, 0x1d173, 0xe0001, 0xe0100, 0xe0fff, 0xe000, 0xf0000,
        0x16fe4, 0x13441, 0x1d159
      })
  void aCharacterThatShowsNothingIsMalformed(int c) {
    String address = "alice" + Character.toString(c) + "@example.com";
    assertMalformed(List.of(address), List.of("s3cret"), "invisible");
    assertThatThrownBy(() -> ForwardedIdentity.checkAddress("The role", address))
        .isInstanceOf(IdentityException.class);
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
