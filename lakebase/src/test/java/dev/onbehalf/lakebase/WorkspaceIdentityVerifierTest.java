package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.Base64URL;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a token that the workspace takes ends, as far as it says so itself. */
class WorkspaceIdentityVerifierTest {
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
    assertThat(WorkspaceIdentityVerifier.endOf(token("{\"exp\":1700000000}")))
        .hasValue(Instant.ofEpochSecond(1_700_000_000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"exp\":null}", "{\"exp\":\"soon\"}", "[]", "", "{\"exp\":"})
  void aSignedTokenThatDoesNotSayHasNoEnd(String claims) {
    assertThat(WorkspaceIdentityVerifier.endOf(token(claims))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dapi0123456789abcdef", "a.b.c", "...", ".", "e30.e30."})
  void anOpaqueTokenHasNoEnd(String token) {
    assertThat(WorkspaceIdentityVerifier.endOf(token)).isEmpty();
  }

  @Test
  void anEncryptedTokenHasNoEndThatWeCanRead() {
    assertThat(
            WorkspaceIdentityVerifier.endOf(
                Base64URL.encode(ENCRYPTED_HEADER) + "..AAAAAAAAAAAAAAAA.AAAA.AAAA"))
        .isEmpty();
  }
}
