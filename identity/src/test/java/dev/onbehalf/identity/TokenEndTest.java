package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.Base64URL;
import dev.onbehalf.identity.internal.TokenClaims;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a token that the workspace takes ends, as far as it says so itself. */
class TokenEndTest {
  private static final String ENCRYPTED_HEADER = "{\"alg\":\"dir\",\"enc\":\"A256GCM\"}";

  private static String token(String claims) {
    return Base64URL.encode("{\"alg\":\"RS256\"}")
        + "."
        + Base64URL.encode(claims)
        + "."
        + Base64URL.encode("signature");
  }

  @Test
  void aSignedTokenEndsAtItsExp() {
    assertThat(TokenClaims.of(token("{\"exp\":1700000000}")).end())
        .hasValue(Instant.ofEpochSecond(1_700_000_000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"exp\":null}", "{\"exp\":\"soon\"}", "[]", "", "{\"exp\":"})
  void aSignedTokenThatDoesNotSayHasNoEnd(String claims) {
    assertThat(TokenClaims.of(token(claims)).end()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dapi0123456789abcdef", "a.b.c", "...", ".", "e30.e30."})
  void anOpaqueTokenHasNoEnd(String token) {
    assertThat(TokenClaims.of(token).end()).isEmpty();
  }

  @Test
  void anEncryptedTokenHasNoEndThatWeCanRead() {
    assertThat(
            TokenClaims.of(Base64URL.encode(ENCRYPTED_HEADER) + "..AAAAAAAAAAAAAAAA.AAAA.AAAA")
                .end())
        .isEmpty();
  }
}
