package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.IssuerUnavailableException.Reason;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An issuer's keys, where only the issuer is known. */
class KeyDiscoveryTest {
  private static final String ALICE = "alice@example.com";
  private static final String METADATA = "/.well-known/openid-configuration";

  private final TestIssuer issuer = new TestIssuer();
  private final AtomicLong nanos = new AtomicLong();
  private final JwtIdentityVerifier verifier = verifier(issuer.issuer());

  private JwtIdentityVerifier verifier(String name) {
    return new JwtIdentityVerifier(
        name, JwtIdentityVerifier.discovered(name), Set.of("the-app"), "email", nanos::get);
  }

  @AfterEach
  void stop() {
    issuer.close();
  }

  private ForwardedIdentity identity() {
    return new ForwardedIdentity(ALICE, Secret.of(issuer.token(", \"email\": \"" + ALICE + "\"")));
  }

  private void assertNoVerdict(Reason reason) {
    assertThatThrownBy(() -> verifier.verify(identity()))
        .isInstanceOfSatisfying(
            IssuerUnavailableException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageNotContaining(issuer.issuer());
  }

  @Test
  void theKeysAreFoundAtTheFirstTokenAndKept() {
    assertThat(issuer.asked).isEmpty();
    for (int i = 0; i < 3; i++) {
      assertThat(verifier.verify(identity()).user()).isEqualTo(ALICE);
    }
    assertThat(issuer.asked).containsExactly(METADATA, "/keys");
  }

  @Test
  void anIssuerThatIsDownIsAskedOnceInFiveSecondsHoweverManyTokensCome() {
    issuer.status = 500;
    for (int i = 0; i < 20; i++) {
      assertNoVerdict(Reason.UNREACHABLE);
    }
    assertThat(issuer.asked).containsExactly(METADATA);
    issuer.status = 200;
    nanos.addAndGet(Duration.ofSeconds(5).toNanos());
    assertThat(verifier.verify(identity()).user()).isEqualTo(ALICE);
  }

  /** Section 4.3: else whoever can have a document served there speaks for the issuer. */
  @Test
  void metadataOfAnotherIssuerAreNotBelieved() {
    String good = issuer.metadata;
    for (String other :
        new String[] {
          good.replace("127.0.0.1", "localhost"),
          good.replace("\", \"jwks", "/\", \"jwks"),
          good.replace("\"issuer\"", "\"Issuer\""),
          good.replaceFirst("\"http[^\"]*\"", "[]"),
          good.replaceFirst("\"http[^\"]*\"", "null")
        }) {
      issuer.metadata = other;
      assertNoVerdict(Reason.ANSWER_UNREADABLE);
      nanos.addAndGet(Duration.ofSeconds(5).toNanos());
    }
    assertThat(issuer.asked).doesNotContain("/keys");
    issuer.metadata = good;
    assertThat(verifier.verify(identity()).user()).isEqualTo(ALICE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"http://evil.example.com/keys\"",
        "\"ftp://127.0.0.1/keys\"",
        "\"file:///etc/passwd\"",
        "\"keys\"",
        "\"\"",
        "\"https://[\"",
        "null",
        "7",
        "[\"https://x\"]"
      })
  void keysThatWouldNotComeSafelyAreNotFetched(String keys) {
    issuer.metadata = "{\"issuer\": \"%s\", \"jwks_uri\": %s}".formatted(issuer.issuer(), keys);
    assertNoVerdict(Reason.ANSWER_UNREADABLE);
    assertThat(issuer.asked).containsExactly(METADATA);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "7", "<html>", "{", "{}"})
  void metadataThatAreNoneAreNoVerdict(String metadata) {
    issuer.metadata = metadata;
    assertNoVerdict(Reason.ANSWER_UNREADABLE);
    assertNoVerdict(Reason.ANSWER_UNREADABLE);
    assertThat(issuer.asked).as("asked once").containsExactly(METADATA);
  }

  @Test
  void aSlashAtTheIssuersEndIsNotDoubled() {
    String name = issuer.issuer() + "/";
    issuer.metadata = issuer.metadata.replace("\", \"jwks", "/\", \"jwks");
    String claims = "{\"iss\":\"%s\",\"aud\":\"the-app\",\"email\":\"%s\",\"exp\":9999999999}";
    String token = issuer.signed(claims.formatted(name, ALICE));
    assertThat(verifier(name).verify(new ForwardedIdentity(ALICE, Secret.of(token))).user())
        .isEqualTo(ALICE);
    assertThat(issuer.asked).containsExactly(METADATA, "/keys");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://login.example.com",
        "http://localhost.evil.com",
        "https://login.example.com?tenant=x",
        "https://login.example.com#x",
        "login.example.com",
        "not an address",
        "file:///"
      })
  void anIssuerThatCannotBeAskedSafelyIsRefusedAtTheStart(String name) {
    assertThatThrownBy(() -> new JwtIdentityVerifier(name, Set.of("the-app"), "email"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theLocalLakebasesKeysAreFoundToo() {
    try (LakebaseLocal local = LakebaseLocal.builder().user(ALICE).start()) {
      String name = local.environment().get("DATABRICKS_HOST") + "/oidc";
      JwtIdentityVerifier locals =
          new JwtIdentityVerifier(name, Set.of("7405605519549535"), "email");
      String token = local.accessToken(ALICE, Duration.ofHours(1));
      assertThat(locals.verify(new ForwardedIdentity(ALICE, Secret.of(token))).user())
          .isEqualTo(ALICE);
    }
  }
}
