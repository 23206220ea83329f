package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.IdentityVerifier.Proof;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.MovableClock;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.RoleRefusedException;
import dev.onbehalf.lakebaselocal.Faults.Fault;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPool;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole way: forwarded identity, proof, exchange, login; all parts real. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OnBehalfOfTest {
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";
  private static final String CAROL = "carol@example.com";
  private static final String ME = "/api/2.0/preview/scim/v2/Me";
  private static final String CREDENTIALS = "/api/2.0/postgres/credentials";

  private static LakebaseLocal local;
  private OnBehalfDatabase lakebase;

  @BeforeAll
  static void startLocal() {
    local =
        LakebaseLocal.builder()
            .user(ALICE)
            .user(BOB)
            .personWithoutRole(CAROL)
            .passwordRole("app_owner", "hunter2")
            .start();
  }

  @AfterAll
  static void stopLocal() {
    local.close();
  }

  @BeforeEach
  void open() {
    lakebase = TestDatabase.of(settings());
    local.calls().reset();
  }

  @AfterEach
  void close() {
    lakebase.close();
    local.faults().clear();
  }

  private static TestDatabase.Settings settings() {
    return TestDatabase.settings(local.environment());
  }

  private static boolean isOpen(Connection connection) {
    try {
      return connection.isValid(5);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ForwardedIdentity identity(String address) {
    return identity(address, local.accessToken(address, Duration.ofHours(1)));
  }

  private static ForwardedIdentity identity(String address, String token) {
    return new ForwardedIdentity(address, Secret.of(token));
  }

  private static String whoIs(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT current_user || ' ' || session_user")) {
      row.next();
      return row.getString(1);
    }
  }

  private void assertRefused(ForwardedIdentity identity, Reason reason) {
    assertThatThrownBy(() -> lakebase.asUser(identity))
        .isInstanceOfSatisfying(
            IdentityException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .satisfies(e -> assertNowhere(e, identity.accessToken().reveal()));
    assertThat(lakebase.statistics().total()).isZero();
    assertThat(lakebase.statistics().users()).isZero();
  }

  private static void assertNowhere(Throwable e, String token) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      assertThat(cause.toString()).doesNotContain(token);
    }
  }

  @Test
  void theDatabaseSeesTheRealUser() throws SQLException {
    assertThat(whoIs(lakebase.asUser(identity(ALICE)))).isEqualTo(ALICE + " " + ALICE);
    assertThat(whoIs(lakebase.asUser(identity(BOB)))).isEqualTo(BOB + " " + BOB);
  }

  @Test
  void theApplicationsNameComesWithinTheLogin() throws SQLException {
    String whence = "SELECT setting || ' by ' || source FROM pg_settings WHERE name = ";
    try (Connection connection = lakebase.asUser(identity(ALICE)).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(whence + "'application_name'")) {
      row.next();
      assertThat(row.getString(1)).isEqualTo("onbehalf by client"); // a SET is by the session
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatSqlSetStaysWithTheUserUnlessAllIsToBeDiscarded(boolean discard) throws SQLException {
    TestDatabase.Settings settings =
        TestDatabase.builder()
            .environment(local.environment())
            .with(it -> it.discardAllOnReturn(discard))
            .build();
    try (OnBehalfDatabase other = TestDatabase.of(settings)) {
      UserPool alice = other.asUser(identity(ALICE));
      try (Connection connection = alice.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("SET statement_timeout = 12345");
      }
      try (Connection connection = alice.getConnection();
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SHOW statement_timeout")) {
        row.next();
        assertThat(row.getString(1)).isEqualTo(discard ? "0" : "12345ms");
      }
      assertThat(other.statistics().logins()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PGSSLROOTCERT, , 08006, PGSSLROOTCERT names the file",
    "PGDATABASE, nowhere, 3D000, nowhere"
  })
  void whatOnlyAnOperatorCanMendIsNamed(String name, String value, String state, String says) {
    Map<String, String> variables = new HashMap<>(local.environment());
    variables.put("PGSSLMODE", "verify-full");
    variables.put(name, value == null ? "" : value);
    try (OnBehalfDatabase other = TestDatabase.of(TestDatabase.settings(variables))) {
      assertThatThrownBy(() -> other.asUser(identity(ALICE)).getConnection())
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state))
          .hasMessageContaining(says);
    }
  }

  @Test
  void connectionsAge() throws SQLException {
    TestDatabase.Settings settings =
        TestDatabase.builder()
            .environment(local.environment())
            .with(it -> it.maxLifetime(Duration.ofMillis(100)))
            .build();
    try (OnBehalfDatabase other = TestDatabase.of(settings)) {
      other.asUser(identity(ALICE)).getConnection().close();
      await().untilAsserted(() -> assertThat(other.statistics().evicted().lifetime()).isEqualTo(1));
    }
  }

  @Test
  void theServicePrincipalLogsInWithItsOwnCredential() throws SQLException {
    String role = local.servicePrincipal();
    assertThat(lakebase.servicePrincipalRole()).isEqualTo(role);
    assertThat(whoIs(lakebase.servicePrincipal())).isEqualTo(role + " " + role);
  }

  @Test
  void theServicePrincipalMayHaveANativePassword() throws SQLException {
    Map<String, String> variables = new HashMap<>(local.environment());
    variables.put("PGUSER", "app_owner");
    variables.put("PGPASSWORD", "hunter2");
    try (OnBehalfDatabase native_ = TestDatabase.of(TestDatabase.settings(variables))) {
      assertThat(whoIs(native_.servicePrincipal())).isEqualTo("app_owner app_owner");
    }
    assertThat(local.calls().total()).isZero();
  }

  @Test
  void aFirstConnectionCostsOneCallBesideTheProofAndTheNextOnesCostNone() throws SQLException {
    whoIs(lakebase.asUser(identity(BOB))); // pays for the discovery
    local.calls().reset();

    ForwardedIdentity alice = identity(ALICE);
    whoIs(lakebase.asUser(alice));
    assertThat(local.calls().byPath()).isEqualTo(Map.of(ME, 1, CREDENTIALS, 1));

    whoIs(lakebase.asUser(alice));
    try (Connection one = lakebase.asUser(alice).getConnection();
        Connection other = lakebase.asUser(alice).getConnection()) {
      assertThat(one).isNotSameAs(other);
    }
    assertThat(local.calls().byPath()).isEqualTo(Map.of(ME, 1, CREDENTIALS, 1));
  }

  @Test
  void discoveryIsDoneOnceAndNotForEachUser() throws SQLException {
    whoIs(lakebase.asUser(identity(ALICE)));
    whoIs(lakebase.asUser(identity(BOB)));
    assertThat(local.calls().to("/.well-known/databricks-config")).isEqualTo(1);
    assertThat(local.calls().to("/oidc/.well-known/oauth-authorization-server")).isLessThan(2);
  }

  @Test
  void concurrentRequestsOfOnePersonShareOneProofAndOneExchange() throws Exception {
    ForwardedIdentity alice = identity(ALICE);
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        answers.add(
            threads.submit(
                () -> {
                  start.await();
                  return whoIs(lakebase.asUser(alice));
                }));
      }
      start.countDown();
      for (Future<String> answer : answers) {
        assertThat(answer.get()).isEqualTo(ALICE + " " + ALICE);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(local.calls().to(ME)).isEqualTo(1);
    assertThat(local.calls().to(CREDENTIALS)).isEqualTo(1);
  }

  @Test
  void aTokenOpensNothingForAnotherAddressEvenWhileTheVictimIsWarm() throws SQLException {
    whoIs(lakebase.asUser(identity(ALICE)));
    long acquired = lakebase.statistics().acquired();
    String bobsToken = local.accessToken(BOB, Duration.ofHours(1));
    whoIs(lakebase.asUser(identity(BOB, bobsToken)));

    assertThatThrownBy(() -> lakebase.asUser(identity(ALICE, bobsToken)))
        .isInstanceOfSatisfying(
            IdentityException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISMATCH))
        .hasMessageContaining(ALICE);
    assertThat(lakebase.statistics().acquired()).isEqualTo(acquired + 1);
  }

  @Test
  void expiredTokensAreRefused() {
    assertRefused(
        identity(ALICE, local.accessToken(ALICE, Duration.ofSeconds(-1))), Reason.TOKEN_REFUSED);
  }

  @Test
  void tamperedTokensAreRefused() {
    String token = local.accessToken(ALICE, Duration.ofHours(1));
    int last = token.length() - 10;
    char other = token.charAt(last) == 'A' ? 'B' : 'A';
    assertRefused(
        identity(ALICE, token.substring(0, last) + other + token.substring(last + 1)),
        Reason.TOKEN_REFUSED);
  }

  @Test
  void aDatabaseCredentialIsNoAccessToken() {
    assertRefused(
        identity(ALICE, local.databaseCredential(ALICE, Duration.ofHours(1))),
        Reason.TOKEN_REFUSED);
  }

  @Test
  void somethingThatIsNoTokenIsRefused() {
    assertRefused(identity(ALICE, "letmein"), Reason.TOKEN_REFUSED);
  }

  @Test
  void aRefusalIsRememberedSoThatAFloodOfBadTokensIsNoFloodOfCalls() {
    MovableClock clock = new MovableClock();
    try (OnBehalfDatabase timed = TestDatabase.of(settings(), clock)) {
      for (int i = 0; i < 50; i++) {
        assertThatThrownBy(() -> timed.asUser(identity(ALICE, "letmein")))
            .isInstanceOf(IdentityException.class);
      }
      assertThat(local.calls().to(ME)).isEqualTo(1);
      assertThat(local.calls().to(CREDENTIALS)).isZero();

      clock.advance(Duration.ofSeconds(6));
      assertThatThrownBy(() -> timed.asUser(identity(ALICE, "letmein")))
          .isInstanceOf(IdentityException.class);
      assertThat(local.calls().to(ME)).isEqualTo(2);
    }
  }

  @Test
  void aThousandBadTokensAtOnceAreFewCallsAtOnceAndNoneWhileTheyAreRemembered() throws Exception {
    int atOnce = 4;
    AtomicInteger verifying = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Map<String, Integer> verified = new ConcurrentHashMap<>();
    CountDownLatch full = new CountDownLatch(atOnce);
    IdentityVerifier refusing =
        identity -> {
          most.accumulateAndGet(verifying.incrementAndGet(), Math::max);
          verified.merge(identity.accessToken().reveal(), 1, Integer::sum);
          full.countDown();
          awaitQuietly(full);
          verifying.decrementAndGet();
          throw new IdentityException(Reason.TOKEN_REFUSED, "Nobody's.");
        };
    TestDatabase.Settings settings =
        TestDatabase.builder().environment(local.environment()).identityVerifier(refusing).build();
    ExecutorService threads = Executors.newFixedThreadPool(64);
    try (OnBehalfDatabase flooded = TestDatabase.of(settings, new MovableClock())) {
      for (int round = 0; round < 2; round++) {
        List<Future<?>> refusals = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
          ForwardedIdentity bad = identity("ghost-%s@example.com".formatted(i), "made-up-" + i);
          refusals.add(
              threads.submit(
                  () ->
                      assertThatThrownBy(() -> flooded.asUser(bad))
                          .isInstanceOf(IdentityException.class)));
        }
        for (Future<?> refusal : refusals) {
          refusal.get();
        }
        assertThat(verified.values()).as("proofs of a token").containsOnly(1);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(most).as("proofs at once").hasValue(atOnce);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aProofIsBelievedForFiveMinutesAtMost() {
    MovableClock clock = new MovableClock();
    ForwardedIdentity alice = identity(ALICE);
    try (OnBehalfDatabase timed = TestDatabase.of(settings(), clock)) {
      timed.asUser(alice);
      clock.advance(Duration.ofSeconds(299));
      timed.asUser(alice);
      assertThat(local.calls().to(ME)).isEqualTo(1);
      clock.advance(Duration.ofSeconds(2));
      timed.asUser(alice);
      assertThat(local.calls().to(ME)).isEqualTo(2);
    }
  }

  @Test
  void aProofEndsWithItsToken() {
    MovableClock clock = new MovableClock();
    ForwardedIdentity alice = identity(ALICE, local.accessToken(ALICE, Duration.ofMinutes(2)));
    try (OnBehalfDatabase timed = TestDatabase.of(settings(), clock)) {
      timed.asUser(alice);
      clock.advance(Duration.ofSeconds(125));
      timed.asUser(alice); // the workspace's own clock stands, so it says yes; but it was asked
      assertThat(local.calls().to(ME)).isEqualTo(2);
    }
  }

  @Test
  void aCredentialIsRenewedTwoMinutesBeforeItEnds() throws SQLException {
    MovableClock clock = new MovableClock();
    ForwardedIdentity alice = identity(ALICE);
    try (OnBehalfDatabase timed = TestDatabase.of(settings(), clock);
        Connection one = timed.asUser(alice).getConnection()) {
      clock.advance(Duration.ofMinutes(57));
      try (Connection two = timed.asUser(alice).getConnection()) {
        assertThat(local.calls().to(CREDENTIALS)).isEqualTo(1);
        clock.advance(Duration.ofSeconds(70));
        try (Connection three = timed.asUser(alice).getConnection()) {
          assertThat(local.calls().to(CREDENTIALS)).isEqualTo(2);
          assertThat(List.of(one, two, three)).allMatch(OnBehalfOfTest::isOpen);
        }
      }
    }
  }

  @Test
  void aHeadersSpellingNeverMakesASecondUser() throws SQLException {
    String token = local.accessToken(ALICE, Duration.ofHours(1));
    assertThat(lakebase.asUser(identity("Alice@Example.COM", token)).user()).isEqualTo(ALICE);
    assertThat(whoIs(lakebase.asUser(identity("ALICE@example.com", token))))
        .isEqualTo(ALICE + " " + ALICE);
    assertThat(whoIs(lakebase.asUser(identity(ALICE, token)))).isEqualTo(ALICE + " " + ALICE);
    assertThat(lakebase.statistics().total()).isEqualTo(1);
    assertThatThrownBy(() -> lakebase.asUser(identity("al\u0131ce@example.com", token)))
        .isInstanceOf(IdentityException.class);
  }

  @Test
  void nobodyActsAsTheServicePrincipalThroughARequest() {
    Map<String, String> variables = new HashMap<>(local.environment());
    variables.put("PGUSER", ALICE);
    try (OnBehalfDatabase alices = TestDatabase.of(TestDatabase.settings(variables))) {
      assertThatThrownBy(() -> alices.asUser(identity(ALICE)))
          .isInstanceOfSatisfying(
              IdentityException.class, e -> assertThat(e.reason()).isEqualTo(Reason.RESERVED));
    }
  }

  @Test
  void aPersonWithoutARoleIsRefusedByPostgresAndTheStateSaysSo() {
    assertThatThrownBy(() -> whoIs(lakebase.asUser(identity(CAROL))))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28000"))
        .hasMessageContaining("SELECT public.databricks_create_role('carol@example.com', 'USER');")
        .hasMessageContaining("databricks postgres create-role projects/")
        .cause()
        .isInstanceOfSatisfying(
            RoleRefusedException.class, e -> assertThat(e.user()).isEqualTo(CAROL));
    assertThat(lakebase.statistics().total()).isZero();
  }

  /** Each would end the back-off of the other's refusal, and a browser beside a phone has two. */
  @Test
  void whoAlternatesTwoTokensDoesNotHammerTheServer() {
    List<ForwardedIdentity> tokens = List.of(identity(CAROL), identity(CAROL));
    for (int i = 0; i < 100; i++) {
      ForwardedIdentity carol = tokens.get(i % 2);
      assertThatThrownBy(() -> whoIs(lakebase.asUser(carol))).isInstanceOf(SQLException.class);
    }
    assertThat(lakebase.statistics().failedLogins()).isLessThan(20);
    assertThat(lakebase.statistics().users()).isEqualTo(1);
  }

  @Test
  void aTokenThatIsNewIsTriedAtOnceThoughTheLastOnesLoginWasRefused() throws SQLException {
    DataSource refused = lakebase.asUser(identity(ALICE));
    try (Fault shut = local.faults().refuseLogins("28000", "no")) {
      assertThatThrownBy(() -> whoIs(refused)).isInstanceOf(SQLException.class);
    }
    long failed = lakebase.statistics().failedLogins();
    assertThat(whoIs(lakebase.asUser(identity(ALICE)))).isEqualTo(ALICE + " " + ALICE);
    assertThat(lakebase.statistics().failedLogins()).isEqualTo(failed);
  }

  @Test
  void aRotatedTokenClosesNoConnection() throws SQLException {
    try (Connection before = lakebase.asUser(identity(ALICE)).getConnection()) {
      whoIs(lakebase.asUser(identity(ALICE)));
      assertThat(before.isValid(5)).isTrue();
    }
    long logins = lakebase.statistics().logins();
    whoIs(lakebase.asUser(identity(ALICE)));
    assertThat(lakebase.statistics().logins()).isEqualTo(logins);
    assertThat(lakebase.statistics().evicted().total()).isZero();
  }

  @Test
  void aCredentialThatTheServerRefusesIsReplacedOnce() throws SQLException {
    ForwardedIdentity alice = identity(ALICE);
    try (Connection held = lakebase.asUser(alice).getConnection()) {
      local.faults().expireDatabaseCredentials();
      assertThat(whoIs(lakebase.asUser(alice))).isEqualTo(ALICE + " " + ALICE);
      assertThat(held.isValid(5)).isTrue();
    }
    assertThat(local.calls().to(CREDENTIALS)).isEqualTo(2);
  }

  @Test
  void aCredentialThatTheServerRefusesIsReplacedOnceForAllWhoLogIn() throws Exception {
    ForwardedIdentity alice = identity(ALICE);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (Connection held = lakebase.asUser(alice).getConnection()) {
      local.faults().expireDatabaseCredentials();
      CountDownLatch bothHold = new CountDownLatch(2);
      List<Future<?>> logins = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        logins.add(
            threads.submit(
                () -> {
                  try (Connection connection = lakebase.asUser(alice).getConnection()) {
                    bothHold.countDown();
                    awaitQuietly(bothHold);
                    assertThat(connection.isValid(5)).isTrue();
                  }
                  return null;
                }));
      }
      for (Future<?> login : logins) {
        login.get();
      }
      assertThat(held.isValid(5)).isTrue();
    } finally {
      threads.shutdownNow();
    }
    assertThat(local.calls().to(CREDENTIALS)).isEqualTo(2);
  }

  @Test
  void aWorkspaceThatFailsIsUnavailableAndNotAVerdict() {
    try (Fault down = local.faults().failWorkspace(500)) {
      assertThatThrownBy(() -> lakebase.asUser(identity(ALICE)))
          .isInstanceOf(IssuerUnavailableException.class)
          .hasMessage("The Databricks workspace could not be asked. Try again in a few seconds.");
    }
    assertThat(lakebase.asUser(identity(ALICE)).user()).isEqualTo(ALICE);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void aWorkspaceThatAsksToWaitIsWaitedFor(int status) {
    ForwardedIdentity alice = identity(ALICE);
    CompletableFuture<UserPool> waiting;
    try (Fault busy = local.faults().failWorkspace(status)) {
      waiting = CompletableFuture.supplyAsync(() -> lakebase.asUser(alice));
      await().until(() -> local.calls().to(ME) > 0);
    }
    assertThat(waiting.join().user()).isEqualTo(ALICE);
    assertThat(local.calls().to(ME)).isGreaterThan(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void aWorkspaceThatAsksToWaitForTooLongIsUnavailable(int status) {
    TestDatabase.Settings impatient =
        TestDatabase.builder()
            .environment(local.environment())
            .connectionTimeout(Duration.ofMillis(1_500))
            .build();
    try (OnBehalfDatabase hurried = TestDatabase.of(impatient);
        Fault busy = local.faults().failWorkspace(status)) {
      assertThatThrownBy(() -> hurried.asUser(identity(ALICE)))
          .isInstanceOf(IssuerUnavailableException.class)
          .hasMessageContaining("Try again");
    }
  }

  @Test
  void aWorkspaceThatIsSlowerThanTheTimeoutIsUnavailable() {
    TestDatabase.Settings impatient =
        TestDatabase.builder()
            .environment(local.environment())
            .connectionTimeout(Duration.ofMillis(300))
            .build();
    try (OnBehalfDatabase hurried = TestDatabase.of(impatient);
        Fault slow = local.faults().delayWorkspace(Duration.ofSeconds(3))) {
      assertThatThrownBy(() -> hurried.asUser(identity(ALICE)))
          .isInstanceOf(IssuerUnavailableException.class)
          .hasMessageContaining("within 300 ms");
    }
  }

  @Test
  void anExchangeThatFailsIsAnSqlExceptionWithTheReasonAsItsCause() {
    TestDatabase.Settings offline =
        TestDatabase.builder()
            .environment(local.environment())
            .identityVerifier(identity -> new Proof(ALICE, Instant.MAX))
            .build();
    try (OnBehalfDatabase proving = TestDatabase.of(offline);
        Fault down = local.faults().failWorkspace(500)) {
      assertThatThrownBy(() -> proving.asUser(identity(ALICE)).getConnection())
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"))
          .hasStackTraceContaining("IssuerUnavailableException");
    }
  }
}
