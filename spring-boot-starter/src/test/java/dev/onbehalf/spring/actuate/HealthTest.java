package dev.onbehalf.spring.actuate;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.lakebaselocal.Faults.Fault;
import dev.onbehalf.spring.SharedLakebase;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The database and the workspace, each by itself; and what they do not bring down. */
class HealthTest {
  private static WatchedApplication application;

  @BeforeAll
  static void start() {
    application =
        new WatchedApplication(
            "management.endpoint.health.group.strict.include=readinessState,lakebase",
            "onbehalf.pool.connection-timeout=2s");
  }

  @AfterAll
  static void stop() {
    application.close();
  }

  @AfterEach
  void mend() {
    SharedLakebase.get().faults().clear();
    // A login that failed is not tried again at once.
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertHealth("/lakebase", 200, "UP"));
  }

  private static String assertHealth(String part, int status, String word) {
    HttpResponse<String> response = application.actuator("/health" + part);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(JsonMapper.shared().readTree(response.body()).get("status").asString())
        .as(response.body())
        .isEqualTo(word);
    return response.body();
  }

  @Test
  void allIsWellAndNobodyIsAskedForAConnection() {
    assertHealth("", 200, "UP");
    assertHealth("/lakebase/database", 200, "UP");
    assertHealth("/lakebase/workspace", 200, "UP");
    assertThat(application.json("/health").get("components").has("db")).isFalse();
  }

  @Test
  void aStoppedDatabaseIsDownAndTheWorkspaceAndLivenessAreNot() {
    application.workAs(ALICE);
    SharedLakebase.get().faults().stopDatabase();

    String details = assertHealth("/lakebase/database", 503, "DOWN");
    assertHealth("/lakebase/workspace", 200, "UP");
    assertHealth("/liveness", 200, "UP");
    assertHealth("/readiness", 200, "UP");
    assertThat(details)
        .contains("The service principal has no connection")
        .contains("sqlState")
        .doesNotContain("localhost")
        .doesNotContain("127.0.0.1")
        .doesNotContain(SharedLakebase.get().servicePrincipal());
  }

  @Test
  void aConnectionThatWasCutIsNotTakenForTheDatabase() {
    assertHealth("/lakebase/database", 200, "UP");
    assertThat(SharedLakebase.get().faults().cutConnections()).isPositive();
    assertHealth("/lakebase/database", 200, "UP");
  }

  @Test
  void aWorkspaceThatFailsIsDownAndTheDatabaseIsNot() {
    assertHealth("/lakebase/database", 200, "UP");
    try (Fault failing = SharedLakebase.get().faults().failWorkspace(500)) {
      assertThat(assertHealth("/lakebase/workspace", 503, "DOWN"))
          .contains("The workspace does not answer")
          .doesNotContain("http");
      assertHealth("/lakebase/database", 200, "UP");
      assertHealth("/liveness", 200, "UP");
    }
  }

  @Test
  void aServicePrincipalThatTheWorkspaceRefusesIsDown() {
    try (Fault refusing = SharedLakebase.get().faults().refuseAccessTokens()) {
      assertThat(assertHealth("/lakebase/workspace", 503, "DOWN"))
          .contains("The workspace refuses the service principal");
    }
  }

  @Test
  void readinessLooksAtTheLakebaseWhereTheApplicationSaysSo() {
    assertHealth("/strict", 200, "UP");
    SharedLakebase.get().faults().stopDatabase();
    assertHealth("/strict", 503, "DOWN");
  }
}
