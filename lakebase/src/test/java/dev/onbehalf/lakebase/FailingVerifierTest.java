package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.IdentityVerifier.Proof;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.pool.Secret;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A verifier of the application's own that does not keep its promise proves nobody. */
class FailingVerifierTest {
  private static final String TOKEN = "s3cret-token";
  private static final ForwardedIdentity ALICE =
      new ForwardedIdentity("alice@example.com", Secret.of(TOKEN));

  private final StubWorkspace workspace = new StubWorkspace();
  private final AtomicInteger asked = new AtomicInteger();

  @AfterEach
  void stop() {
    workspace.close();
  }

  private static Proof failing(String how) {
    return switch (how) {
      case "runtime" -> throw new IllegalStateException("can't read " + TOKEN);
      case "null" -> proofOf(null);
      case "deep" -> failing(how);
      default -> throw new ArithmeticException(TOKEN);
    };
  }

  @SuppressWarnings("NullAway") // what an application without such a check can return
  private static Proof proofOf(@Nullable String nobody) {
    return new Proof(nobody, Instant.MAX);
  }

  private IdentityVerifier verifier(String how, boolean cacheable) {
    return new IdentityVerifier() {
      @Override
      public Proof verify(ForwardedIdentity identity) {
        asked.incrementAndGet();
        return failing(how);
      }

      @Override
      public boolean cacheable() {
        return cacheable;
      }
    };
  }

  @ParameterizedTest
  @CsvSource({
    "runtime, true",
    "runtime, false",
    "null, true",
    "null, false",
    "deep, true",
    "deep, false"
  })
  void whateverItThrowsIsARefusalAndIsKept(String how, boolean cacheable) {
    TestDatabase.Settings settings =
        workspace.settings().identityVerifier(verifier(how, cacheable)).build();
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings)) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> lakebase.asUser(ALICE))
            .isInstanceOfSatisfying(
                IdentityException.class,
                e -> assertThat(e.reason()).isEqualTo(Reason.TOKEN_REFUSED))
            .hasMessageNotContaining(TOKEN);
      }
      assertThat(lakebase.statistics().users()).isZero();
    }
    assertThat(asked).as("a refusal is kept").hasValue(cacheable ? 1 : 3);
  }
}
