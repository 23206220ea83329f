package dev.onbehalf.spring.actuate;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.CAROL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.pool.UserPool;
import dev.onbehalf.spring.SharedLakebase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What {@code /actuator/onbehalf} shows, and of whom. */
class WhoIsBusyTest {

  @Test
  void limitsTotalsAndTheBusiestUsersAreShownWithoutTheirAddresses() throws SQLException {
    try (WatchedApplication application = new WatchedApplication()) {
      assertThat(application.json("/onbehalf").get("users")).isEmpty();
      application.workAs(ALICE);
      OnBehalfDatabase lakebase = application.running().bean(OnBehalfDatabase.class);
      try (Connection connection = lakebase.asUser(SharedLakebase.identity(BOB)).getConnection()) {
        assertThat(connection.isClosed()).isFalse();
        lakebase.servicePrincipal().getConnection().close();

        JsonNode report = application.json("/onbehalf");

        assertThat(report.at("/limits/maxConnections").asInt()).isEqualTo(50);
        assertThat(report.at("/limits/maxConnectionsPerUser").asInt()).isEqualTo(3);
        assertThat(report.at("/limits/connectionTimeout").asString()).isEqualTo("PT10S");
        assertThat(report.at("/totals/total").asInt()).isEqualTo(3);
        assertThat(report.at("/totals/inUse").asInt()).isEqualTo(1);
        JsonNode users = report.get("users");
        assertThat(users).hasSize(3);
        assertThat(users.at("/0/user").asString()).isEqualTo("b***@example.com");
        assertThat(users.at("/0/inUse").asInt()).isEqualTo(1);
        assertThat(users.findValuesAsString("servicePrincipal")).containsOnlyOnce("true");
        assertThat(report.toString()).doesNotContain("alice").doesNotContain("bob@");
      }
    }
  }

  @Test
  void whoHoldsWhoWaitsAndWhatWasClosedOrRefusedIsToldWithTimesAndWithoutAddresses()
      throws SQLException {
    try (WatchedApplication application =
        new WatchedApplication(
            "onbehalf.pool.max-connections=3",
            "onbehalf.pool.max-connections-per-user=1",
            "onbehalf.pool.service-principal-max-connections=1")) {
      OnBehalfDatabase lakebase = application.running().bean(OnBehalfDatabase.class);
      Instant began = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      lakebase.servicePrincipal().getConnection().close();
      try (Connection alices = lakebase.asUser(SharedLakebase.identity(ALICE)).getConnection()) {
        UserPool again = lakebase.asUser(SharedLakebase.identity(ALICE));
        new Thread(() -> takeAndGiveBack(again)).start();
        await()
            .untilAsserted(
                () -> assertThat(application.json("/onbehalf").get("waiting")).hasSize(1));
        lakebase.asUser(SharedLakebase.identity(BOB)).getConnection().close();
        lakebase.revoke(BOB);
        assertThat(alices.isClosed()).isFalse();

        JsonNode report = application.json("/onbehalf");
        assertThat(report.at("/holders/0/user").asString()).isEqualTo("a***@example.com");
        assertThat(report.at("/holders/0/connections").asInt()).isEqualTo(1);
        assertThat(Instant.parse(report.at("/holders/0/since").asString()))
            .isBetween(began, Instant.now());
        assertThat(report.at("/waiting/0/awaited").asString()).isEqualTo("own-connection");
        assertThat(report.at("/waiting/0/callers").asInt()).isEqualTo(1);
        assertThat(report.at("/evictions/0/user").asString()).isEqualTo("b***@example.com");
        assertThat(report.at("/evictions/0/cause").asString()).isEqualTo("closed");
        assertThat(Instant.parse(report.at("/evictions/0/at").asString()))
            .isBetween(began, Instant.now());
        assertThat(report.toString()).doesNotContain("alice").doesNotContain("bob@");
      }
    }
  }

  @Test
  void aRefusedLoginIsToldWhileItPauses() {
    try (WatchedApplication application = new WatchedApplication()) {
      OnBehalfDatabase lakebase = application.running().bean(OnBehalfDatabase.class);
      DataSource carol = lakebase.asUser(SharedLakebase.identity(CAROL));
      await() // the first pauses are short
          .untilAsserted(
              () -> {
                assertThatThrownBy(carol::getConnection).isInstanceOf(SQLException.class);
                JsonNode pause = application.json("/onbehalf").at("/backOffs/0");
                assertThat(pause.at("/user").asString()).isEqualTo("c***@example.com");
                assertThat(pause.at("/sqlState").asString()).startsWith("28");
                assertThat(pause.at("/reason").asString())
                    .isEqualTo("the role or its credential is refused");
                assertThat(pause.toString()).doesNotContain("carol");
              });
    }
  }

  private static void takeAndGiveBack(UserPool pool) {
    try {
      pool.getConnection().close();
    } catch (SQLException e) { // the application has ended
      assertThat(e.getSQLState()).isNotNull();
    }
  }

  @Test
  void addressesAreShownWhereTheApplicationSaysSo() {
    try (WatchedApplication application =
        new WatchedApplication("onbehalf.actuator.mask-addresses=false")) {
      application.workAs(ALICE);
      assertThat(application.json("/onbehalf").at("/users/0/user").asString()).isEqualTo(ALICE);
    }
  }
}
