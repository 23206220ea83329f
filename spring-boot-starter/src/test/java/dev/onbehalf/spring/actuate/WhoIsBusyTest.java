package dev.onbehalf.spring.actuate;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.spring.SharedLakebase;
import java.sql.Connection;
import java.sql.SQLException;
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
  void addressesAreShownWhereTheApplicationSaysSo() {
    try (WatchedApplication application =
        new WatchedApplication("onbehalf.actuator.mask-addresses=false")) {
      application.workAs(ALICE);
      assertThat(application.json("/onbehalf").at("/users/0/user").asString()).isEqualTo(ALICE);
    }
  }
}
