package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.IdentityVerifier.Proof;
import dev.onbehalf.identity.MovableClock;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.TestIssuer;
import dev.onbehalf.identity.internal.TokenClaims;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A token does no more than its scopes allow, whatever another token of its owner did before. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ScopesTest {
  private static final String ALICE = "alice@example.com";
  private static final String READ = "iam.current-user:read";
  private static final String CREDENTIALS = "/api/2.0/postgres/credentials";

  private static LakebaseLocal local;

  @BeforeAll
  static void start() {
    local = LakebaseLocal.builder().user(ALICE).start();
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  @BeforeEach
  void count() {
    local.calls().reset();
  }

  private static TestDatabase.Builder settings() {
    return TestDatabase.builder().environment(local.environment());
  }

  private static ForwardedIdentity alice(String... scopes) {
    return new ForwardedIdentity(
        ALICE, Secret.of(local.accessToken(ALICE, Duration.ofHours(1), scopes)));
  }

  private static void connect(OnBehalfDatabase lakebase, ForwardedIdentity identity)
      throws SQLException {
    try (Connection connection = lakebase.asUser(identity).getConnection()) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  private static void assertMissingScope(OnBehalfDatabase lakebase, ForwardedIdentity identity) {
    assertThatThrownBy(() -> lakebase.asUser(identity))
        .isInstanceOfSatisfying(
            IdentityException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISSING_SCOPE))
        .hasMessageContaining("the scope postgres");
  }

  @Test
  void aFirstTokenWithoutTheScopeIsRefusedByTheExchangeAndNotHammered() {
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings().build())) {
      ForwardedIdentity reading = alice(READ);
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> lakebase.asUser(reading).getConnection())
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08004"))
            .hasMessageContaining("the scope postgres")
            .hasRootCauseInstanceOf(IdentityException.class);
      }
      assertThat(local.calls().to(CREDENTIALS)).isLessThan(10);
    }
  }

  @Test
  void aWarmConnectionDoesNothingForALaterTokenWithoutTheScope() throws SQLException {
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings().build())) {
      connect(lakebase, alice(READ, "postgres"));
      long acquired = lakebase.statistics().acquired();
      ForwardedIdentity narrower = alice(READ);
      for (int i = 0; i < 20; i++) {
        assertMissingScope(lakebase, narrower);
      }
      assertThat(lakebase.statistics().acquired()).isEqualTo(acquired);
      assertThat(local.calls().to(CREDENTIALS)).as("one for each token").isEqualTo(2);

      connect(lakebase, alice(READ, "postgres"));
    }
  }

  /** What was bought is known for an hour after the last request, and connections no longer. */
  @Test
  void norDoesOneThatIsOlderThanWhatIsKnownOfItsScopes() throws SQLException {
    MovableClock clock = new MovableClock();
    Duration longer = Duration.ofHours(4);
    TestDatabase.Settings settings =
        settings().with(it -> it.idleTimeout(longer).maxLifetime(longer)).build();
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings, clock)) {
      connect(lakebase, alice(READ, "postgres"));
      clock.advance(Duration.ofMinutes(61));
      ForwardedIdentity narrower = alice(READ);
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> connect(lakebase, narrower))
            .hasMessageContaining("the scope postgres");
      }
      assertThat(lakebase.statistics().acquired()).isEqualTo(1);
    }
  }

  /** Nobody else's request cleans up: a job holds the pool, and the application is quiet. */
  @Test
  void whoseTokenWasNotUsedForAnHourIsLentNothingThatWasOpenedBefore() throws SQLException {
    MovableClock clock = new MovableClock();
    Duration longer = Duration.ofHours(4);
    TestDatabase.Settings settings =
        settings().with(it -> it.idleTimeout(longer).maxLifetime(longer)).build();
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings, clock)) {
      UserPool pool = lakebase.asUser(alice(READ, "postgres"));
      pool.getConnection().close();
      clock.advance(Duration.ofMinutes(59));
      pool.getConnection().close();
      clock.advance(Duration.ofMinutes(2));
      assertThatThrownBy(pool::getConnection).hasMessageContaining("No access token");
      assertThat(lakebase.statistics().acquired()).isEqualTo(2);
    }
  }

  @Test
  void theOrderOfWrongAndRightAddressesChangesNothing() throws SQLException {
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings().build())) {
      connect(lakebase, alice(READ, "postgres"));
      ForwardedIdentity narrower = alice(READ);
      ForwardedIdentity forged = new ForwardedIdentity("bob@example.com", narrower.accessToken());
      assertThatThrownBy(() -> lakebase.asUser(forged)).isInstanceOf(IdentityException.class);
      assertMissingScope(lakebase, narrower);
    }
  }

  @Test
  void aTokenThatIsProvedOfflineIsExchangedTooBeforeItGetsAWarmConnection() throws SQLException {
    IdentityVerifier offline = identity -> new Proof(ALICE, Instant.MAX);
    try (OnBehalfDatabase lakebase =
        TestDatabase.of(settings().identityVerifier(offline).build())) {
      connect(lakebase, alice(READ, "postgres"));
      assertMissingScope(lakebase, alice(READ));
    }
  }

  @Test
  void aRotatedTokenWithTheSameScopesOrMoreCostsNoExchange() throws SQLException {
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings().build())) {
      connect(lakebase, alice(READ, "postgres"));
      connect(lakebase, alice("postgres", READ));
      connect(lakebase, alice(READ, "postgres", "sql"));
      assertThat(local.calls().to(CREDENTIALS)).isEqualTo(1);
      assertThat(lakebase.statistics().logins()).isEqualTo(1);
    }
  }

  @Test
  void aNarrowerTokenThatMayBeExchangedCostsOneExchangeAndClosesNothing() throws SQLException {
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings().build())) {
      connect(lakebase, alice(READ, "postgres", "sql"));
      connect(lakebase, alice(READ, "postgres"));
      connect(lakebase, alice(READ, "postgres"));
      connect(lakebase, alice(READ, "postgres", "sql"));
      assertThat(local.calls().to(CREDENTIALS)).isEqualTo(2);
      assertThat(lakebase.statistics().logins()).isEqualTo(1);
    }
  }

  @Test
  void aTokenThatMayNotBeAskedForItsOwnerNamesThatScope() {
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings().build())) {
      assertThatThrownBy(() -> lakebase.asUser(alice("postgres")))
          .isInstanceOfSatisfying(
              IdentityException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISSING_SCOPE))
          .hasMessageContaining("the scope " + READ);
    }
  }

  @Test
  void scopesAreReadAsIssuersWriteThem() {
    try (TestIssuer issuer = new TestIssuer()) {
      assertThat(scopes(issuer, "\"scope\": \"a b  a\"")).containsExactlyInAnyOrder("a", "b");
      assertThat(scopes(issuer, "\"scp\": [\"a\", \"b\"]")).containsExactlyInAnyOrder("a", "b");
      assertThat(scopes(issuer, "\"scp\": \"a\"")).containsExactly("a");
      assertThat(scopes(issuer, "\"scope\": \"\"")).isEmpty();
      for (String unknown : new String[] {"\"x\": 1", "\"scope\": 7", "\"scope\": [7]"}) {
        assertThat(scopes(issuer, unknown)).isEqualTo(TokenClaims.UNKNOWN_SCOPES);
      }
      assertThat(TokenClaims.of("dapi0123").scopes()).isEqualTo(TokenClaims.UNKNOWN_SCOPES);
    }
  }

  private static Set<String> scopes(TestIssuer issuer, String claim) {
    return TokenClaims.of(issuer.token(", " + claim)).scopes();
  }
}
