package dev.onbehalf.spring.actuate;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.Faults.Fault;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.spring.SharedLakebase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;
import tools.jackson.databind.json.JsonMapper;

/** The database and the workspace, each by itself; and what they do not bring down. */
class HealthTest {
  private static WatchedApplication application;

  @BeforeAll
  static void start() {
    application =
        new WatchedApplication(
            "management.endpoint.health.group.strict.include=readinessState,onbehalf",
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
        .untilAsserted(() -> assertHealth("/onbehalf", 200, "UP"));
  }

  /** What is known may be three seconds old. */
  private static String assertHealth(String part, int status, String word) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> application.actuator("/health" + part),
            response ->
                response.statusCode() == status
                    && JsonMapper.shared()
                        .readTree(response.body())
                        .get("status")
                        .asString()
                        .equals(word))
        .body();
  }

  @Test
  void itCostsOneCallAndOneLookInThreeSecondsHoweverOftenItIsAskedWellOrNot() {
    assertHealth("", 200, "UP");
    assertCosts(200);
    try (Fault failing = SharedLakebase.get().faults().failWorkspace(500)) {
      assertHealth("", 503, "DOWN");
      assertCosts(503);
    }
  }

  private static void assertCosts(int status) {
    PoolStatistics before = statistics();
    SharedLakebase.get().calls().reset();
    long start = System.nanoTime();
    for (int i = 0; i < 300; i++) {
      assertThat(application.actuator("/health").statusCode()).isEqualTo(status);
    }
    int rounds = 2 + (int) ((System.nanoTime() - start) / Duration.ofSeconds(3).toNanos());
    assertThat(SharedLakebase.get().calls().total()).as("calls").isLessThanOrEqualTo(2 * rounds);
    assertThat((int) (statistics().acquired() - before.acquired()))
        .as("looks at the database")
        .isLessThanOrEqualTo(rounds);
  }

  @Test
  void theDatabaseIsSeenThoughPeopleHoldAllOtherConnections() throws SQLException {
    DatabaseSettings few =
        DatabaseSettings.builder()
            .environment(SharedLakebase.get().environment())
            .connectionTimeout(Duration.ofSeconds(3))
            .maxConnections(4)
            .maxConnectionsPerUser(4)
            .build();
    ForwardedIdentity alice = SharedLakebase.identity(ALICE);
    try (OnBehalfDatabase full = OnBehalfDatabase.of(few, SharedLakebase.platform())) {
      DataSource servicePrincipal = full.servicePrincipal(); // its reserve is kept from now on
      try (Connection one = full.asUser(alice).getConnection();
          Connection other = full.asUser(alice).getConnection()) {
        assertThatThrownBy(() -> full.asUser(alice).getConnection())
            .isInstanceOf(SQLException.class);
        assertThat(new DatabaseHealthIndicator(servicePrincipal, full).health().getStatus())
            .isEqualTo(Status.UP);
        assertThat(one).isNotSameAs(other);
      }
    }
  }

  @Test
  void aDatabaseThatIsSuspendedIsOutOfServiceAtOnce() {
    OnBehalfDatabase database = application.running().bean(OnBehalfDatabase.class);
    database.suspend();
    try {
      assertThat(application.actuator("/health/onbehalf/database").body())
          .contains("OUT_OF_SERVICE")
          .contains("resume()");
    } finally {
      database.resume();
    }
  }

  private static PoolStatistics statistics() {
    return application.running().bean(OnBehalfDatabase.class).statistics();
  }

  @Test
  void allIsWellAndNobodyIsAskedForAConnection() {
    assertHealth("", 200, "UP");
    assertHealth("/onbehalf/database", 200, "UP");
    assertHealth("/onbehalf/workspace", 200, "UP");
    assertThat(application.json("/health").get("components").has("db")).isFalse();
  }

  @Test
  void aStoppedDatabaseIsDownAndTheWorkspaceAndLivenessAreNot() {
    application.workAs(ALICE);
    SharedLakebase.get().faults().stopDatabase();

    String details = assertHealth("/onbehalf/database", 503, "DOWN");
    assertHealth("/onbehalf/workspace", 200, "UP");
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
    assertHealth("/onbehalf/database", 200, "UP");
    assertThat(SharedLakebase.get().faults().cutConnections()).isPositive();
    assertHealth("/onbehalf/database", 200, "UP");
  }

  @Test
  void aWorkspaceThatFailsIsDownAndTheDatabaseIsNot() {
    assertHealth("/onbehalf/database", 200, "UP");
    try (Fault failing = SharedLakebase.get().faults().failWorkspace(500)) {
      assertThat(assertHealth("/onbehalf/workspace", 503, "DOWN"))
          .contains("The workspace does not answer")
          .doesNotContain("http");
      assertHealth("/onbehalf/database", 200, "UP");
      assertHealth("/liveness", 200, "UP");
    }
  }

  @Test
  void aServicePrincipalThatTheWorkspaceRefusesIsDown() {
    try (Fault refusing = SharedLakebase.get().faults().refuseAccessTokens()) {
      assertThat(assertHealth("/onbehalf/workspace", 503, "DOWN"))
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
