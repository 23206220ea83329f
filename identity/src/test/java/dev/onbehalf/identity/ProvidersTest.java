package dev.onbehalf.identity;

import static dev.onbehalf.identity.TestPlatform.whoIs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.lakebaselocal.Faults.Fault;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is promised holds for each way in which people are proved, and for each that they log in.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ProvidersTest {
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";
  private static final String CAROL = "carol@example.com";
  private static final Duration HOUR = Duration.ofHours(1);

  /** Whom the local issuer's access tokens are for. */
  private static final String AUDIENCE = "7405605519549535";

  private static LakebaseLocal local;

  private enum Provider {
    ACCESS_TOKEN,
    TOKEN_EXCHANGE,
    ON_BEHALF_OF
  }

  private enum Verifier {
    JWT,
    USERINFO
  }

  @BeforeAll
  static void start() {
    local =
        LakebaseLocal.builder()
            .takesAccessTokens(true)
            .user(ALICE)
            .user(BOB)
            .personWithoutRole(CAROL)
            .start();
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  @AfterEach
  void mend() {
    local.faults().clear();
  }

  static Stream<Arguments> all() {
    return Stream.of(Provider.values())
        .flatMap(provider -> Stream.of(Verifier.values()).map(it -> Arguments.of(provider, it)));
  }

  private static String variable(String name) {
    return Objects.requireNonNull(local.environment().get(name));
  }

  private static String issuer() {
    return variable("DATABRICKS_HOST") + "/oidc";
  }

  private static OAuthClient client(String secret) {
    return OAuthClient.of(issuer(), variable("DATABRICKS_CLIENT_ID"), Secret.of(secret));
  }

  private static OnBehalfDatabase database(Provider provider, Verifier verifier) {
    return database(provider, verifier, variable("DATABRICKS_CLIENT_SECRET"), "email");
  }

  private static OnBehalfDatabase database(
      Provider provider, Verifier verifier, String secret, String claim) {
    IdentityVerifier proving =
        switch (verifier) {
          case JWT -> new JwtIdentityVerifier(issuer(), Set.of(AUDIENCE), claim);
          case USERINFO -> new UserinfoIdentityVerifier(issuer(), claim);
        };
    OAuthClient client = client(secret);
    PersonCredentials people =
        switch (provider) {
          case ACCESS_TOKEN -> new AccessTokenCredentials();
          case TOKEN_EXCHANGE -> TokenExchange.of(client, Set.of("database"), Set.of());
          case ON_BEHALF_OF -> TokenExchange.onBehalfOf(client, Set.of("postgres"));
        };
    ServicePrincipalCredentials own =
        new ClientCredentials(
            client, provider == Provider.ACCESS_TOKEN ? Set.of() : Set.of("database"), Set.of());
    return OnBehalfDatabase.of(
        DatabaseSettings.builder()
            .environment(local.environment())
            .variable("PGUSER", variable("DATABRICKS_CLIENT_ID"))
            .connectionTimeout(Duration.ofSeconds(30))
            .build(),
        Platform.of(proving, people, own));
  }

  private static ForwardedIdentity identity(String user) {
    return identity(user, local.accessToken(user, HOUR));
  }

  private static ForwardedIdentity identity(String address, String token) {
    return new ForwardedIdentity(address, Secret.of(token));
  }

  @ParameterizedTest
  @MethodSource("all")
  void twoPeopleAtOnceAreThemselvesAndTheApplicationIsItself(Provider provider, Verifier verifier)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (OnBehalfDatabase database = database(provider, verifier)) {
      List<ForwardedIdentity> people = List.of(identity(ALICE), identity(BOB));
      List<Future<?>> requests = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        ForwardedIdentity person = people.get(i % 2);
        requests.add(
            threads.submit(
                () -> assertThat(whoIs(database.asUser(person))).isEqualTo(person.address())));
      }
      for (Future<?> request : requests) {
        request.get();
      }
      assertThat(whoIs(database.servicePrincipal())).isEqualTo(variable("DATABRICKS_CLIENT_ID"));
      assertThat(database.statistics().total()).isLessThanOrEqualTo(7);
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void aTokenOfSomebodyElseAndAnUnknownOneOpenNothing(Provider provider, Verifier verifier) {
    try (OnBehalfDatabase database = database(provider, verifier)) {
      assertRefused(database, identity(ALICE, local.accessToken(BOB, HOUR)), Reason.MISMATCH);
      assertRefused(database, identity(ALICE, "opaque"), Reason.TOKEN_REFUSED);
      assertRefused(
          database, identity(ALICE, local.databaseCredential(ALICE, HOUR)), Reason.TOKEN_REFUSED);
      assertThat(database.statistics().total()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void theApplicationsOwnTokenIsNobodysSignIn(Provider provider, Verifier verifier) {
    String secret = variable("DATABRICKS_CLIENT_SECRET");
    String token =
        new ClientCredentials(client(secret), Set.of(), Set.of()).get().password().reveal();
    try (OnBehalfDatabase database = database(provider, verifier, secret, "sub")) {
      assertRefused(database, identity(variable("DATABRICKS_CLIENT_ID"), token), Reason.RESERVED);
      assertThat(database.statistics().total()).isZero();
    }
  }

  private static void assertRefused(
      OnBehalfDatabase database, ForwardedIdentity identity, Reason reason) {
    assertThatThrownBy(() -> database.asUser(identity))
        .isInstanceOfSatisfying(
            IdentityException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageNotContaining(identity.accessToken().reveal());
  }

  @ParameterizedTest
  @MethodSource("all")
  void aTokenThatEndedEndsInSignInAgainAtTheProofOrAtTheLogin(Provider provider, Verifier verifier)
      throws SQLException {
    try (OnBehalfDatabase database = database(provider, verifier)) {
      ForwardedIdentity alice = identity(ALICE);
      local.faults().expireAccessTokens();
      assertThatThrownBy(() -> whoIs(database.asUser(alice)))
          .isInstanceOfAny(IdentityException.class, SQLException.class);
      assertThat(database.statistics().idle()).isZero();
      assertThat(whoIs(database.asUser(identity(ALICE)))).as("with a new one").isEqualTo(ALICE);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void aNewerTokenTouchesNoConnectionAndSignOutClosesThem(Provider provider, Verifier verifier)
      throws SQLException {
    try (OnBehalfDatabase database = database(provider, verifier)) {
      for (int i = 0; i < 3; i++) {
        assertThat(whoIs(database.asUser(identity(ALICE)))).isEqualTo(ALICE);
      }
      assertThat(database.statistics().evicted().total()).isZero();

      DataSource held = database.asUser(identity(ALICE));
      database.revoke(ALICE);
      assertThat(database.statistics().idle()).isZero();
      assertThatThrownBy(held::getConnection).isInstanceOf(SQLException.class);
      assertThat(whoIs(database.asUser(identity(ALICE)))).isEqualTo(ALICE);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void whoHasNoRoleIsToldTheSqlThatMakesIt(Provider provider, Verifier verifier) {
    try (OnBehalfDatabase database = database(provider, verifier)) {
      assertThatThrownBy(() -> whoIs(database.asUser(identity(CAROL))))
          .hasRootCauseInstanceOf(SQLException.class)
          .hasStackTraceContaining("CREATE ROLE \"carol@example.com\" LOGIN;")
          .hasStackTraceContaining("RoleRefusedException");
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void anIssuerThatFailsIsNobodysFaultAndNobodyIsTakenForAnybody(
      Provider provider, Verifier verifier) {
    try (OnBehalfDatabase database = database(provider, verifier);
        Fault failing = local.faults().failWorkspace(503)) {
      ForwardedIdentity alice = identity(ALICE);
      boolean asks = verifier == Verifier.USERINFO || provider != Provider.ACCESS_TOKEN;
      if (asks) {
        assertThatThrownBy(() -> whoIs(database.asUser(alice)))
            .satisfiesAnyOf(
                e -> assertThat(e).isInstanceOf(IssuerUnavailableException.class),
                e -> assertThat(e).hasRootCauseInstanceOf(IssuerUnavailableException.class));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void noSecretIsInWhatTheJdkLogsOrInExceptions(Provider provider, Verifier verifier)
      throws Exception {
    Queue<String> logged = new ConcurrentLinkedQueue<>();
    Handler handler = handler(logged);
    Logger root = Logger.getLogger("");
    Level before = root.getLevel();
    root.setLevel(Level.ALL);
    root.addHandler(handler);
    String secret = variable("DATABRICKS_CLIENT_SECRET");
    String token = local.accessToken(ALICE, HOUR);
    try (OnBehalfDatabase database = database(provider, verifier);
        OnBehalfDatabase wrong = database(provider, verifier, "wrong-secret-0123456789", "email")) {
      assertThat(whoIs(database.asUser(identity(ALICE, token)))).isEqualTo(ALICE);
      if (provider != Provider.ACCESS_TOKEN) {
        assertThatThrownBy(() -> whoIs(wrong.asUser(identity(ALICE, token))))
            .satisfies(
                e -> assertThat(stack(e)).doesNotContain(token, secret, "wrong-secret-0123456789"))
            .hasRootCauseInstanceOf(IssuerUnavailableException.class);
      }
    } finally {
      root.removeHandler(handler);
      root.setLevel(before);
    }
    assertThat(String.join("\n", logged))
        .isNotEmpty()
        .doesNotContain(token, secret, "Bearer ey", "Basic ");
  }

  private static String stack(Throwable e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static Handler handler(Queue<String> logged) {
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            logged.add(new SimpleFormatter().format(entry));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    handler.setLevel(Level.ALL);
    return handler;
  }
}
