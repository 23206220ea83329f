package dev.onbehalf.identity;

import static dev.onbehalf.identity.FleetServer.identity;
import static dev.onbehalf.identity.TestPlatform.whoIs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.ConnectionTimeoutException;
import dev.onbehalf.pool.Secret;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One number of connections for all instances, and never more. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FleetBudgetTest {
  private static FleetServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new FleetServer(60);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void forget() throws SQLException {
    server.execute("DROP SCHEMA IF EXISTS onbehalf_fleet CASCADE");
  }

  private static Connection lend(OnBehalfDatabase instance, int person) throws SQLException {
    return instance.asUser(identity("p" + person, "token-of-" + person)).getConnection();
  }

  private static FleetStatus status(OnBehalfDatabase instance) {
    return instance.fleetStatus().orElseThrow();
  }

  private static void assertStatus(OnBehalfDatabase instance, int instances, int share, int limit) {
    FleetStatus status = status(instance);
    assertThat(status.instances()).isEqualTo(instances);
    assertThat(status.share()).isEqualTo(share);
    assertThat(status.limit()).isEqualTo(limit);
    assertThat(status.members()).hasSize(instances);
    assertThat(status.members())
        .filteredOn(FleetStatus.Member::own)
        .singleElement()
        .satisfies(
            own -> {
              assertThat(own.share()).isEqualTo(share);
              assertThat(own.connections()).isPositive();
            });
  }

  @Test
  void aNewcomerWaitsForWhatOthersGiveBackAndCutsNothingInUse() throws Exception {
    int limit = 14; // 12 to share
    try (OnBehalfDatabase one = server.instance(server.port(), limit)) {
      List<Connection> used = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        used.add(lend(one, i));
      }
      assertStatus(one, 1, 12, limit);
      try (OnBehalfDatabase two = server.instance(server.port(), limit)) {
        assertThatThrownBy(
                () ->
                    two.asUser(identity("p20", "token-of-20"))
                        .getConnection(Duration.ofMillis(800)))
            .as("all in use")
            .isInstanceOf(ConnectionTimeoutException.class);
        for (Connection each : used) {
          assertThat(each.isValid(1)).isTrue();
        }
        assertThat(server.connectionsOfAll()).isLessThanOrEqualTo(limit);
        for (Connection each : used.subList(0, 5)) {
          each.close();
        }
        lend(two, 20).close();
        await().untilAsserted(() -> assertStatus(two, 2, 6, limit));
        assertThat(server.connectionsOfAll()).isLessThanOrEqualTo(limit);
        assertThat(status(one).share()).isLessThanOrEqualTo(6);
        for (Connection each : used.subList(5, 9)) {
          assertThat(each.isValid(1)).isTrue();
          each.close();
        }
      }
      await()
          .untilAsserted(
              () -> {
                lend(one, 0).close();
                assertStatus(one, 1, 12, limit); // alone again
              });
    }
  }

  /** Two shares of four: the link, the reserve of two, one person. */
  @Test
  void whereThereIsNotEnoughTheLatestComerServesNobodyUntilAnotherGoes() throws Exception {
    int limit = 11;
    try (OnBehalfDatabase one = server.instance(server.port(), limit)) {
      lend(one, 0).close();
      OnBehalfDatabase two = server.instance(server.port(), limit);
      lend(two, 1).close();
      try (OnBehalfDatabase three = server.instance(server.port(), limit)) {
        assertThatThrownBy(
                () ->
                    three.asUser(identity("p2", "token-of-2")).getConnection(Duration.ofSeconds(1)))
            .isInstanceOf(ConnectionTimeoutException.class);
        assertThat(whoIs(one.servicePrincipal())).isEqualTo("app");
        lend(one, 0).close();
        lend(two, 1).close();
        assertThat(server.connectionsOfAll()).isLessThanOrEqualTo(limit);
        two.close();
        lend(three, 2).close();
      }
    }
  }

  @Test
  void theServicePrincipalHasAConnectionWithoutAnybodyElse() throws Exception {
    try (OnBehalfDatabase one = server.instance(server.port(), 20)) {
      assertThat(whoIs(one.servicePrincipal())).isEqualTo("app");
    }
  }

  /** Else whoever opens the next one has one more than it should, as the server counts. */
  @Test
  void aConnectionIsClosedWhenTheServerHasEndedIt() throws SQLException {
    PostgresConnections connections =
        new PostgresConnections(
            FleetServer.settings(server.port()).build(),
            TestPlatform.VERIFIES_NOTHING,
            user -> false,
            "here",
            true);
    try (Connection superuser = server.superuser();
        Statement statement = superuser.createStatement()) {
      for (int i = 0; i < 50; i++) {
        connections.connect("p30", Secret.of("any")).close();
        try (ResultSet row =
            statement.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE usename = 'p30'")) {
          row.next();
          assertThat(row.getInt(1)).isZero();
        }
      }
    }
  }

  @Test
  void tooSmallALimitIsRefusedWithTheOtherMistakes() {
    assertThatThrownBy(
            () -> FleetServer.settings(1).fleetMaxConnections(5).maxWaitersPerUser(0).build())
        .isInstanceOfSatisfying(
            InvalidSettingsException.class,
            e ->
                assertThat(e.problems())
                    .contains("fleetMaxConnections is 5, and must be at least 6")
                    .hasSize(2));
  }

  @Test
  void theNameOfTheApplicationKeepsTheInstancesNumber() {
    FleetId id = FleetId.random();
    assertThat(id.in("shop")).isEqualTo("shop #" + id.text());
    assertThat(id.in("x".repeat(80))).hasSize(63).endsWith(id.text());
    assertThat(id.in("лавка\n😀")).isEqualTo("??????? #" + id.text());
    assertThat(id.in("é".repeat(80))).hasSize(63).endsWith(id.text()).isASCII();
  }

  /** The server writes what is not ASCII in other words, which are longer. */
  @Test
  void anApplicationMayHaveANameInAnyScript() throws Exception {
    Map<String, String> environment =
        Map.of(
            "PGHOST", "localhost",
            "PGPORT", Integer.toString(server.port()),
            "PGDATABASE", "postgres",
            "PGSSLMODE", "disable",
            "PGUSER", "app",
            "PGPASSWORD", "any",
            "PGAPPNAME", "Лавка на углу, большая");
    try (OnBehalfDatabase one =
            server.instance(server.port(), 20, it -> it.environment(environment));
        Connection held = lend(one, 0)) {
      assertThat(held.isValid(1)).isTrue();
      assertThat(
              server.count(
                  "onbehalf_fleet.members m JOIN pg_stat_activity c"
                      + " ON c.application_name = m.name WHERE m.gone IS NULL"))
          .as("the link and a person's")
          .isEqualTo(2);
    }
  }

  @Test
  void whoseNumberTheServerDoesNotShowIsNoMember() throws Exception {
    try (OnBehalfDatabase one = server.instance(server.port(), 20);
        Connection nameless = server.as("app")) {
      lend(one, 0).close();
      FleetLink link = new FleetLink(nameless, "0123456789ab", Duration.ofSeconds(5));
      assertThatThrownBy(() -> link.join(20)).hasMessageContaining("does not end with");
    }
  }
}
