package dev.onbehalf.playground;

import static dev.onbehalf.playground.DeployedPlayground.API;
import static dev.onbehalf.playground.DeployedPlayground.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.Faults.Fault;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every refusal says what to do, and never shows a token. */
class RefusalsTest {
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";
  private static final String CAROL = "carol@example.com";
  private static final String DORA = "dora@example.com";
  private static final String MINE = API + "/my-products";

  private static LakebaseLocal local;
  private static DeployedPlayground playground;

  @BeforeAll
  static void start() {
    local =
        LakebaseLocal.builder().user(ALICE).user(BOB).user(DORA).personWithoutRole(CAROL).start();
    playground =
        new DeployedPlayground(
            local,
            "onbehalf.pool.max-connections=3",
            "onbehalf.pool.connection-timeout=5s",
            "onbehalf.pool.rls-check-max-age=0s");
  }

  @AfterAll
  static void stop() {
    playground.close();
    local.close();
  }

  @AfterEach
  void mend() {
    local.faults().clear();
  }

  private static String token(String user) {
    return local.accessToken(user, Duration.ofHours(1));
  }

  private static HttpResponse<String> assertProblem(
      HttpRequest.Builder request, int status, String type) {
    HttpResponse<String> response = playground.send(request);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(json(response).get("type").asString()).isEqualTo("urn:onbehalf:problem:" + type);
    assertThat(json(response).get("detail").asString()).isNotBlank();
    request
        .build()
        .headers()
        .allValues("X-Forwarded-Access-Token")
        .forEach(token -> assertThat(response.body()).doesNotContain(token));
    return response;
  }

  private static String detail(HttpResponse<String> response) {
    return json(response).get("detail").asString();
  }

  @Test
  void withoutAnIdentityOneIsAskedToSignIn() {
    HttpResponse<String> response =
        assertProblem(playground.request(MINE), 401, "identity-missing");
    assertThat(detail(response)).contains("Sign in through the proxy");
    assertThat(response.headers().firstValue("WWW-Authenticate")).isPresent();
  }

  @Test
  void aForgedAddressWithoutATokenIsMalformed() {
    assertProblem(
        playground.request(MINE).header("X-Forwarded-Email", ALICE), 400, "identity-malformed");
  }

  @Test
  void repeatedHeadersAreMalformed() {
    HttpRequest.Builder request =
        playground.as(ALICE, token(ALICE), MINE).header("X-Forwarded-Email", BOB);
    assertThat(detail(assertProblem(request, 400, "identity-malformed")))
        .contains("X-Forwarded-Email");
  }

  @Test
  void anothersTokenIsForbiddenAndTouchesNoConnection() {
    long acquired = playground.bean(OnBehalfDatabase.class).statistics().acquired();
    assertProblem(playground.as(ALICE, token(BOB), MINE), 403, "identity-mismatch");
    assertThat(playground.bean(OnBehalfDatabase.class).statistics().acquired()).isEqualTo(acquired);
  }

  @Test
  void anExpiredTokenAsksToSignInAgain() {
    String expired = local.accessToken(ALICE, Duration.ofSeconds(-5));
    HttpResponse<String> response =
        assertProblem(playground.as(ALICE, expired, MINE), 401, "identity-token-refused");
    assertThat(detail(response)).contains("Sign in again");
  }

  @Test
  void aPersonWithoutARoleIsToldTheSqlAndTheCommandThatMakeIt() {
    HttpResponse<String> response =
        assertProblem(playground.as(CAROL, token(CAROL), MINE), 403, "no-role");
    assertThat(detail(response))
        .contains("SELECT public.databricks_create_role('carol@example.com', 'USER');")
        .contains("GRANT \"raw_example_users\" TO \"carol@example.com\";")
        .contains("databricks postgres create-role projects/")
        .contains("\"postgres_role\": \"carol@example.com\"");
    assertThat(json(response).get("user").asString()).isEqualTo(CAROL);
  }

  @Test
  void aPersonWithoutTheGroupIsToldTheGrant() {
    HttpResponse<String> response =
        assertProblem(playground.as(ALICE, token(ALICE), MINE), 403, "permission-denied");
    assertThat(detail(response))
        .contains("permission denied for schema raw_example")
        .contains("GRANT \"raw_example_users\" TO \"alice@example.com\";");
  }

  @Test
  void aRoleThatWouldSeeEverythingIsToldWhyAndHowToMendIt() throws SQLException {
    String mend = "ALTER ROLE \"dora@example.com\" NOBYPASSRLS;";
    asSuperuser("ALTER ROLE \"dora@example.com\" BYPASSRLS");
    HttpResponse<String> response =
        assertProblem(playground.as(DORA, token(DORA), MINE), 403, "role-bypasses-rls");
    assertThat(detail(response)).contains("has BYPASSRLS").contains(mend);
    assertThat(json(response).get("user").asString()).isEqualTo(DORA);
  }

  private static void asSuperuser(String sql) throws SQLException {
    try (Connection connection = local.superuser().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void aBusyBudgetIsToldInNumbers() throws SQLException {
    OnBehalfDatabase lakebase = playground.bean(OnBehalfDatabase.class);
    ForwardedIdentity bob = new ForwardedIdentity(BOB, Secret.of(token(BOB)));
    try (Connection one = lakebase.asUser(bob).getConnection()) {
      assertThat(one.isValid(5)).isTrue();
      HttpResponse<String> response =
          assertProblem(playground.as(ALICE, token(ALICE), MINE), 503, "budget-busy");
      assertThat(response.headers().firstValue("Retry-After")).isPresent();
      assertThat(detail(response)).containsPattern("\\d of 3, \\d in use, users waiting: \\d");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503})
  void anUnreachableWorkspaceIsNamedAsSuch(int status) {
    try (Fault down = local.faults().failWorkspace(status)) {
      HttpResponse<String> response =
          assertProblem(playground.as(ALICE, token(ALICE), MINE), 503, "workspace-unreachable");
      assertThat(response.headers().firstValue("Retry-After")).isPresent();
      assertThat(detail(response)).contains("workspace");
    }
  }

  @Test
  void anUnreachableDatabaseIsNamedAsSuchAndHealthSaysSo() {
    local.faults().stopDatabase();
    HttpResponse<String> response =
        assertProblem(playground.as(BOB, token(BOB), MINE), 503, "database-unreachable");
    assertThat(response.headers().firstValue("Retry-After")).isPresent();
    HttpResponse<String> health = playground.send(playground.request(API + "/health"));
    assertThat(health.statusCode()).isEqualTo(503);
    assertThat(json(health).get("connected").asBoolean()).isFalse();

    local.faults().startDatabase();
    await("a login after the back-off")
        .untilAsserted(
            () -> {
              HttpResponse<String> again = playground.send(playground.request(API + "/health"));
              assertThat(again.statusCode()).isEqualTo(200);
              assertThat(json(again).get("status").asString()).isEqualTo("healthy");
            });
  }

  @Test
  void debugTokenIsOffAndLocalSignInIsNotThere() {
    assertThat(playground.send(playground.request(API + "/debug-token")).statusCode())
        .isEqualTo(404);
    assertThat(playground.send(playground.request("/local/users")).statusCode()).isEqualTo(404);
  }
}
