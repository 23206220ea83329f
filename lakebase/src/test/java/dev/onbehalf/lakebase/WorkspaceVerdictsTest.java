package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IdentityVerifier.Proof;
import dev.onbehalf.identity.IssuerAnswer;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.internal.gateway.ServerIdentity;
import dev.onbehalf.pool.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each thing that a workspace can say comes to, and whose matter it is. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkspaceVerdictsTest {
  private static final String ALICE = "alice@example.com";
  private static final String TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl";
  private static final ForwardedIdentity IDENTITY = new ForwardedIdentity(ALICE, Secret.of(TOKEN));
  private static final String LACKS =
      "{\"error_code\": \"PERMISSION_DENIED\", \"message\": \"Provided OAuth token does not have required scopes: %s\"}";

  private final StubWorkspace workspace = new StubWorkspace();

  @AfterEach
  void stop() {
    workspace.close();
  }

  /** Of the exchange; the proof is left to somebody else. */
  private SQLException refusedLogin() {
    TestDatabase.Settings settings =
        workspace
            .settings()
            .connectionTimeout(Duration.ofSeconds(5))
            .identityVerifier(identity -> new Proof(ALICE, Instant.MAX))
            .build();
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings)) {
      return printable(
          catchThrowableOfType(
              SQLException.class, () -> lakebase.asUser(IDENTITY).getConnection()));
    }
  }

  private RuntimeException refusedProof() {
    TestDatabase.Settings settings =
        workspace.settings().connectionTimeout(Duration.ofSeconds(5)).build();
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings)) {
      return printable(
          catchThrowableOfType(RuntimeException.class, () -> lakebase.asUser(IDENTITY)));
    }
  }

  private <T extends Throwable> T printable(T failure) {
    assertThat(failure.getMessage()).doesNotContain(workspace.url());
    for (Throwable e = failure; e != null; e = e.getCause()) {
      assertThat(e.toString()).doesNotContain(TOKEN).doesNotContain("hush-hush");
    }
    return failure;
  }

  private static <T extends Throwable> T cause(Throwable failure, Class<T> type) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (type.isInstance(e)) {
        return type.cast(e);
      }
    }
    throw new AssertionError("No " + type + " in", failure);
  }

  private static void assertIdentity(
      Throwable failure, IdentityException.Reason reason, @Nullable Integer status) {
    IdentityException identity = cause(failure, IdentityException.class);
    assertThat(identity.reason()).isEqualTo(reason);
    if (status != null && failure instanceof SQLException) {
      assertThat(identity.answer())
          .hasValueSatisfying(a -> assertThat(a.status()).isEqualTo(status));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200|{\"token\": \"t\"}|ANSWER_UNREADABLE|no expire_time",
        "200|{\"token\": \"t\", \"expire_time\": null}|ANSWER_UNREADABLE|no expire_time",
        "200|{\"token\": \"t\", \"expire_time\": \"soon\"}|ANSWER_UNREADABLE|JSON",
        "200|{\"token\": \"t\", \"expire_time\": 7}|ANSWER_UNREADABLE|answer",
        "200|{\"token\": \"t\", \"expire_time\": \"1999-01-01T00:00:00Z\"}|ANSWER_UNREADABLE|expired",
        "200|{\"token\": \"t\", \"expire_time\": \"+99999-01-01T00:00:00Z\"}|ANSWER_UNREADABLE|answer",
        "200|{\"expire_time\": \"2999-01-01T00:00:00Z\"}|ANSWER_UNREADABLE|no token",
        "200|{\"token\": \"\", \"expire_time\": \"2999-01-01T00:00:00Z\"}|ANSWER_UNREADABLE|no token",
        "200|{}|ANSWER_UNREADABLE|no token",
        "200|''|ANSWER_UNREADABLE|no token",
        "200|null|ANSWER_UNREADABLE|answer",
        "200|[]|ANSWER_UNREADABLE|answer",
        "200|<html><body>Sign in</body></html>|ANSWER_UNREADABLE|JSON",
        "200|{\"token\": \"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl|ANSWER_UNREADABLE|JSON",
        "200|eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl|ANSWER_UNREADABLE|JSON",
        "302|''|ANSWER_UNREADABLE|302",
        "400|{\"error_code\": \"INVALID_PARAMETER_VALUE\"}|REQUEST_REFUSED|400 INVALID_PARAMETER_VALUE",
        "404|{\"error_code\": \"NOT_FOUND\", \"message\": \"no\"}|NO_SUCH_ENDPOINT|projects/p/branches/b/endpoints/e",
        "404|{\"error_code\": \"RESOURCE_DOES_NOT_EXIST\"}|NO_SUCH_ENDPOINT|LAKEBASE_ENDPOINT",
        "404|{\"error_code\": \"ENDPOINT_NOT_FOUND\"}|ANSWER_UNREADABLE|DATABRICKS_HOST",
        "409|{\"error_code\": \"ABORTED\"}|UNREACHABLE|Try again",
        "410|{}|REQUEST_REFUSED|410",
        "429|{\"error_code\": \"REQUEST_LIMIT_EXCEEDED\"}|UNREACHABLE|Try again",
        "500|{\"error_code\": \"INTERNAL_ERROR\"}|UNREACHABLE|Try again",
        "500|<html>|UNREACHABLE|Try again",
        "503|''|UNREACHABLE|Try again"
      })
  void anExchangeThatCameToNothingSaysWhyAndNeverThatARoleIsMissing(
      int status, String body, IssuerUnavailableException.Reason reason, String says) {
    workspace.answer(StubWorkspace.CREDENTIALS, status, body);
    SQLException failure = refusedLogin();
    assertThat(failure.getSQLState()).isEqualTo("08001");
    IssuerUnavailableException cause = cause(failure, IssuerUnavailableException.class);
    assertThat(cause.reason()).as(cause.getMessage()).isEqualTo(reason);
    assertThat((Throwable) failure)
        .hasMessageContaining(says)
        .hasMessageNotContaining("databricks_create_role");
    assertThat(String.valueOf(cause.getMessage()).contains("Try again")).isEqualTo(reason.passes());
    cause.answer().ifPresent(answer -> assertThat(answer.status()).isEqualTo(status));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Provided OAuth token does not have required scopes: postgres|the scope postgres",
        "Invalid scope, required scopes: postgres [ReqId: 1-2]|the scope postgres",
        "Provided access token does not have required scopes: a.b:read, c/d|the scope a.b:read, c/d",
        "Provided OAuth token does not have required scopes|a scope",
        "Provided OAuth token does not have required scopes: \"; DROP|a scope"
      })
  void aScopeThatIsMissingIsNamed(String message, String says) {
    String json = message.replace("\"", "\\\"");
    workspace.answer(
        StubWorkspace.CREDENTIALS,
        403,
        "{\"error_code\": \"PERMISSION_DENIED\", \"message\": \"" + json + "\"}");
    SQLException failure = refusedLogin();
    assertThat(failure.getSQLState()).isEqualTo("08004");
    assertIdentity(failure, IdentityException.Reason.MISSING_SCOPE, 403);
    assertThat((Throwable) failure)
        .hasMessageContaining(says + ",")
        .hasMessageContaining("user_api_scopes");
  }

  @Test
  void aScopeThatTheProofNeedsIsNamedTooAndInWhateverShapeTheWorkspaceSaysIt() {
    for (String answer :
        new String[] {
          LACKS,
          "{\"detail\": \"Provided OAuth token does not have required scopes: %s\", \"status\": \"403\"}",
          "{\"error_code\": 403, \"message\": \"Invalid scope, required scopes: %s\"}"
        }) {
      workspace.answer(StubWorkspace.ME, 403, answer, "iam.current-user:read");
      RuntimeException failure = refusedProof();
      assertIdentity(failure, IdentityException.Reason.MISSING_SCOPE, 403);
      assertThat((Throwable) failure).hasMessageContaining("the scope iam.current-user:read,");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401|{\"error_code\": \"UNAUTHENTICATED\"}|TOKEN_REFUSED",
        "401|<html>|TOKEN_REFUSED",
        "403|{\"error_code\": \"403\", \"message\": \"Invalid access token.\"}|TOKEN_REFUSED",
        "403|{\"error_code\": \"PERMISSION_DENIED\", \"message\": \"not yours\"}|NOT_PERMITTED",
        "403|''|NOT_PERMITTED"
      })
  void aTokenThatIsRefusedIsToldFromAPersonWhoMayNot(
      int status, String body, IdentityException.Reason reason) {
    workspace.answer(StubWorkspace.ME, status, body);
    assertIdentity(refusedProof(), reason, status);
    workspace.answer(StubWorkspace.CREDENTIALS, status, body);
    SQLException failure = refusedLogin();
    assertThat(failure.getSQLState()).isEqualTo("08004");
    assertIdentity(failure, reason, status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200|<html>|ANSWER_UNREADABLE",
        "200|{}|ANSWER_UNREADABLE",
        "200|''|ANSWER_UNREADABLE",
        "200|{\"userName\": 7, \"active\": \"maybe\"}|ANSWER_UNREADABLE",
        "302|''|ANSWER_UNREADABLE",
        "404|{\"error_code\": \"ENDPOINT_NOT_FOUND\"}|ANSWER_UNREADABLE",
        "404|<html>|ANSWER_UNREADABLE",
        "405|{}|REQUEST_REFUSED",
        "500|{}|UNREACHABLE"
      })
  void aProofThatCameToNothingIsNoVerdictOnTheToken(
      int status, String body, IssuerUnavailableException.Reason reason) {
    workspace.answer(StubWorkspace.ME, status, body);
    IssuerUnavailableException failure = cause(refusedProof(), IssuerUnavailableException.class);
    assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
  }

  @Test
  void somebodyWhoIsDeactivatedIsNotPermitted() {
    workspace.answer(StubWorkspace.ME, 200, "{\"userName\": \"%s\", \"active\": false}", ALICE);
    assertIdentity(refusedProof(), IdentityException.Reason.NOT_PERMITTED, null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/oidc/v1/token|401|{\"error\": \"invalid_client\", \"error_description\": \"no\"}",
        "/oidc/v1/token|400|{\"error\": \"access_denied\", \"error_description\": \"Scopes\"}",
        "/oidc/v1/token|200|{\"error\": \"invalid_client\"}",
        "/api/2.0/postgres/credentials|401|{}",
        "/api/2.0/postgres/credentials|403|{\"message\": \"not yours\"}"
      })
  void anApplicationThatIsRefusedItselfIsToldSo(String path, int status, String body) {
    workspace.answer(path, status, body);
    try (OnBehalfDatabase lakebase = TestDatabase.of(workspace.settings().build())) {
      SQLException failure =
          printable(
              catchThrowableOfType(
                  SQLException.class, () -> lakebase.servicePrincipal().getConnection()));
      assertThat(failure.getSQLState()).isEqualTo("08001");
      assertThat(cause(failure, IssuerUnavailableException.class).reason())
          .isEqualTo(IssuerUnavailableException.Reason.SERVICE_PRINCIPAL_REFUSED);
      assertThat((Throwable) failure).hasMessageContaining("DATABRICKS_CLIENT_SECRET");
    }
  }

  /** Neither a client nor what the SDK would find in its place. */
  @ParameterizedTest
  @ValueSource(strings = {"", "shop"})
  void anApplicationWithoutAWayToSignInIsNotToldToTryAgain(String profile) {
    TestDatabase.Settings settings =
        workspace
            .settings()
            .variable("DATABRICKS_CLIENT_ID", null)
            .variable("DATABRICKS_CLIENT_SECRET", null)
            .variable("DATABRICKS_CONFIG_PROFILE", profile)
            .variable("DATABRICKS_CONFIG_FILE", "/nowhere/databrickscfg")
            .build();
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings)) {
      IssuerUnavailableException failure =
          printable(
              catchThrowableOfType(
                  IssuerUnavailableException.class, lakebase::checkServicePrincipal));
      assertThat(failure.reason())
          .isEqualTo(IssuerUnavailableException.Reason.SERVICE_PRINCIPAL_REFUSED);
      assertThat(failure).hasMessageContaining("DATABRICKS_CONFIG_PROFILE");
    }
  }

  @Test
  void aWorkspaceThatIsNotThereIsUnreachable() {
    workspace.close();
    IssuerUnavailableException failure = cause(refusedLogin(), IssuerUnavailableException.class);
    assertThat(failure.reason()).isEqualTo(IssuerUnavailableException.Reason.UNREACHABLE);
  }

  @Test
  void aCertificateThatNobodyVouchesForIsNotTrusted() throws IOException {
    HttpsServer stranger =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    stranger.setHttpsConfigurator(new HttpsConfigurator(ServerIdentity.create().tls()));
    stranger.start();
    TestDatabase.Settings settings =
        workspace
            .settings()
            .variable("DATABRICKS_HOST", "https://localhost:" + stranger.getAddress().getPort())
            .identityVerifier(identity -> new Proof(ALICE, Instant.MAX))
            .build();
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings)) {
      SQLException failure =
          catchThrowableOfType(SQLException.class, () -> lakebase.asUser(IDENTITY).getConnection());
      assertThat(cause(failure, IssuerUnavailableException.class).reason())
          .isEqualTo(IssuerUnavailableException.Reason.UNTRUSTED);
    } finally {
      stranger.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\r\nb\u0000\u202e c",
        "see https://dbc-1234.cloud.databricks.com/login?x=y now",
        "the token dapi0123456789abcdef0123456789abcdef is bad",
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.c2ln",
      })
  void whatAWorkspaceSaysIsMadeFitToBePrinted(String message) {
    IssuerAnswer answer = new IssuerAnswer(403, "A\nB", message);
    assertThat(answer.errorCode()).isEmpty();
    assertThat(answer.message())
        .doesNotContain("\n", "\r", "\u0000", "\u202e", "https:", "dapi", "eyJ")
        .isNotBlank();
    assertThat(new IssuerAnswer(500, "", "word ".repeat(1_000)).message()).hasSize(300);
    assertThat(new IssuerAnswer(500, "", " \n<!DOCTYPE html><p>secret").message()).isEmpty();
    assertThat(answer.toString().toLowerCase(Locale.ROOT)).startsWith("403: ");
  }
}
