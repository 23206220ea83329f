package dev.onbehalf.lakebaselocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.lakebaselocal.Faults.Fault;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each fault does what it says, to whom it says, until it ends. */
class FaultsTest {
  private static final String ALICE = "alice@example.com";
  private static final String ME = "/api/2.0/preview/scim/v2/Me";
  private static final Duration HOUR = Duration.ofHours(1);

  @RegisterExtension
  static final LakebaseLocalExtension LAKEBASE =
      LakebaseLocalExtension.builder().user(ALICE).build();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Faults faults = LAKEBASE.get().faults();

  @Test
  void expiresAccessTokensIssuedSoFar() throws Exception {
    String before = LAKEBASE.get().accessToken(ALICE, HOUR);
    faults.expireAccessTokens();

    assertThat(me(before).statusCode()).isEqualTo(401);
    assertThat(me(LAKEBASE.get().accessToken(ALICE, HOUR)).statusCode()).isEqualTo(200);
    logIn(credential()).close();
  }

  @Test
  void expiresDatabaseCredentialsIssuedSoFar() throws Exception {
    String before = credential();
    faults.expireDatabaseCredentials();

    assertRefused(() -> logIn(before), "28P01");
    logIn(credential()).close();
    assertThat(me().statusCode()).isEqualTo(200);
  }

  @Test
  void refusesAccessTokensWhileTheFaultLasts() throws Exception {
    try (Fault refused = faults.refuseAccessTokens()) {
      assertThat(refused).isNotNull();
      assertThat(me().statusCode()).isEqualTo(401);
    }
    assertThat(me().statusCode()).isEqualTo(200);
  }

  @Test
  void refusesDatabaseCredentialsWhileTheFaultLasts() throws Exception {
    try (Fault refused = faults.refuseDatabaseCredentials()) {
      assertThat(refused).isNotNull();
      assertRefused(() -> logIn(credential()), "28P01");
    }
    logIn(credential()).close();
  }

  @Test
  void failsTheApiAndSparesDiscovery() throws Exception {
    for (int status : new int[] {400, 401, 403, 404, 418, 429, 500, 503}) {
      faults.failWorkspace(status);
      HttpResponse<String> answer = me();
      assertThat(answer.statusCode()).isEqualTo(status);
      assertThat(answer.body()).contains("error_code").contains("ordered");
      assertThat(answer.headers().firstValue("Retry-After").isPresent())
          .isEqualTo(status == 429 || status == 503);
      assertThat(get("/oidc/jwks.json", "").statusCode()).isEqualTo(200);
    }
    assertThatThrownBy(() -> faults.failWorkspace(200))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void delaysTheApi() throws Exception {
    faults.delayWorkspace(Duration.ofMillis(300));
    long start = System.nanoTime();

    assertThat(me().statusCode()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(300));
  }

  @Test
  void delaysLoginsButNotTheSuperusers() throws Exception {
    faults.delayLogins(Duration.ofMillis(700));
    long start = System.nanoTime();
    logIn(credential()).close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(700));

    faults.delayLogins(Duration.ofHours(1));
    LAKEBASE.get().superuser().getConnection().close();
  }

  @Test
  void refusesLoginsAsItIsTold() throws Exception {
    try (Fault refused = faults.refuseLogins("53300", "sorry, too many clients already")) {
      assertThat(refused).isNotNull();
      assertRefused(() -> logIn(credential()), "53300")
          .hasMessageContaining("FATAL: sorry, too many clients already");
      LAKEBASE.get().superuser().getConnection().close();
    }
    logIn(credential()).close();
    assertThatThrownBy(() -> faults.refuseLogins("nonsense", "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keepsTheLaterOfTwoOrdersAndItsOwnEndOnly() throws Exception {
    Fault first = faults.refuseLogins("53300", "first");
    Fault second = faults.refuseLogins("57P03", "second");

    assertRefused(() -> logIn(credential()), "57P03");
    first.close();
    assertRefused(() -> logIn(credential()), "57P03");
    second.close();
    second.close();
    logIn(credential()).close();
  }

  @Test
  void cutsAllConnectionsWithoutAWord() throws Exception {
    try (Connection one = logIn(credential());
        Connection other = logIn(credential());
        Connection superuser = LAKEBASE.get().superuser().getConnection()) {
      assertThat(faults.cutConnections()).isEqualTo(2);

      assertBroken(one, "08006");
      assertBroken(other, "08006");
      assertThat(query(superuser, "SELECT 1")).isEqualTo("1");
    }
    logIn(credential()).close();
  }

  @Test
  void stopsAndStartsTheDatabaseAndKeepsItsData() throws Exception {
    execute("CREATE TABLE kept AS SELECT 42 AS answer");
    try (Connection open = logIn(credential())) {
      faults.stopDatabase();
      faults.stopDatabase();

      assertBroken(open, "57P01");
      assertRefused(() -> logIn(credential()), "57P03");
      faults.startDatabase();
      faults.startDatabase();
    }
    try (Connection superuser = LAKEBASE.get().superuser().getConnection()) {
      assertThat(query(superuser, "SELECT answer FROM kept")).isEqualTo("42");
    }
    logIn(credential()).close();
  }

  @Test
  void wakesASuspendedDatabaseAtTheNextLoginAfterItsTime() throws Exception {
    try (Connection open = logIn(credential())) {
      faults.suspendDatabase(Duration.ofMillis(500));
      assertBroken(open, "08006");
    }
    assertRefused(() -> logIn("not a credential"), "28P01"); // wakes nobody

    long start = System.nanoTime();
    List<CompletableFuture<Void>> logins = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      logins.add(
          CompletableFuture.runAsync(
              () -> assertThatCode(() -> logIn(credential()).close()).doesNotThrowAnyException()));
    }
    logins.forEach(CompletableFuture::join);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(500));
  }

  @Test
  void wakesASuspendedDatabaseAtOnceWhenItIsStarted() throws Exception {
    faults.suspendDatabase(Duration.ofHours(1));
    CompletableFuture<Void> login =
        CompletableFuture.runAsync(
            () -> assertThatCode(() -> logIn(credential()).close()).doesNotThrowAnyException());
    faults.startDatabase();

    login.join();
  }

  @Test
  void endsAllFaultsAtOnce() throws Exception {
    faults.refuseAccessTokens();
    faults.refuseDatabaseCredentials();
    faults.failWorkspace(503);
    faults.delayWorkspace(Duration.ofHours(1));
    faults.delayLogins(Duration.ofHours(1));
    faults.refuseLogins("53300", "full");
    faults.stopDatabase();

    faults.clear();

    assertThat(me().statusCode()).isEqualTo(200);
    logIn(credential()).close();
  }

  /** Many times, because a connection's end and the next statement meet each time differently. */
  @Test
  void tellsAClientWhyItsBackendWasTerminated() throws Exception {
    for (int i = 0; i < 10; i++) {
      try (Connection open = logIn(credential())) {
        String pid = query(open, "SELECT pg_backend_pid()");
        execute("SELECT pg_terminate_backend(" + pid + ")");

        assertBroken(open, "57P01");
      }
    }
  }

  private static void assertBroken(Connection connection, String sqlState) {
    assertRefused(() -> query(connection, "SELECT 1"), sqlState);
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertRefused(
      ThrowingCallable action, String sqlState) {
    return assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(sqlState));
  }

  private HttpResponse<String> me() throws Exception {
    return me(LAKEBASE.get().accessToken(ALICE, HOUR));
  }

  private HttpResponse<String> me(String token) throws Exception {
    return get(ME, token);
  }

  private HttpResponse<String> get(String path, String token) throws Exception {
    return http.send(
        HttpRequest.newBuilder(
                URI.create(LAKEBASE.get().environment().get("DATABRICKS_HOST") + path))
            .header("Authorization", "Bearer " + token)
            .build(),
        BodyHandlers.ofString());
  }

  private static String credential() {
    return LAKEBASE.get().databaseCredential(ALICE, HOUR);
  }

  private static Connection logIn(String password) throws SQLException {
    return DriverManager.getConnection(LAKEBASE.get().jdbcUrl(), ALICE, password);
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = LAKEBASE.get().superuser().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
