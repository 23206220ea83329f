package dev.onbehalf.identity;

import static dev.onbehalf.identity.TestPlatform.whoIs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.ConnectionTimeoutException;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.RlsBypassException;
import dev.onbehalf.pool.UserPool;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A replica beside the database, with a budget of its own. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ReadOnlyHostTest {
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";
  private static final String IS_REPLICA = "SELECT pg_is_in_recovery()";

  private static PrimaryAndStandby servers;

  @BeforeAll
  static void start() throws Exception {
    servers = PrimaryAndStandby.start();
  }

  @AfterAll
  static void stop() throws Exception {
    servers.close();
  }

  private static DatabaseSettings.Builder settings() {
    return FleetServer.settings(servers.port())
        .variable("PGHOST_READ_ONLY", "localhost")
        .variable("PGPORT_READ_ONLY", Integer.toString(servers.readOnlyPort()));
  }

  private static OnBehalfDatabase database(DatabaseSettings.Builder settings) {
    return OnBehalfDatabase.of(
        settings.build(),
        FleetServer.platform(
            identity -> new IdentityVerifier.Proof(identity.address(), Instant.MAX)));
  }

  private static UserPool as(OnBehalfDatabase database, String person) {
    return database.asUser(FleetServer.identity(person, "of-" + person.replace('@', '.')));
  }

  private static List<String> ask(DataSource dataSource, String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return all;
    }
  }

  @Test
  void aPersonIsThemselvesThereToo() throws Exception {
    try (OnBehalfDatabase database = database(settings())) {
      servers.awaitCaughtUp();
      for (String person : List.of(ALICE, BOB)) {
        UserPool pool = as(database, person);
        assertThat(ask(pool, IS_REPLICA)).containsExactly("f");
        UserPool reading = database.onReadOnlyHost(pool);
        assertThat(ask(reading, IS_REPLICA)).containsExactly("t");
        assertThat(whoIs(reading)).isEqualTo(person);
        assertThat(ask(reading, "SELECT owner FROM shop.orders")).containsExactly(person);
        assertThatThrownBy(() -> ask(reading, "DELETE FROM shop.orders RETURNING item"))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
      }
      DataSource application = database.servicePrincipalOnReadOnlyHost();
      assertThat(ask(application, IS_REPLICA)).containsExactly("t");
      assertThat(ask(application, "SELECT item FROM shop.orders")).hasSize(2);
    }
  }

  @Test
  void whoIsAboveRowLevelSecurityIsRefusedThereToo() throws Exception {
    try (OnBehalfDatabase database = database(settings())) {
      UserPool root = as(database, "root@example.com");
      assertThatThrownBy(() -> whoIs(database.onReadOnlyHost(root)))
          .isInstanceOf(RlsBypassException.class);
    }
  }

  @Test
  void aSignOutClosesBoth() throws Exception {
    try (OnBehalfDatabase database = database(settings())) {
      UserPool reading = database.onReadOnlyHost(as(database, ALICE));
      assertThat(whoIs(reading)).isEqualTo(ALICE);
      database.revoke(ALICE);
      await().until(() -> readers(database).total() == 0);
      assertThatThrownBy(() -> whoIs(reading)).isInstanceOf(SQLException.class);
      assertThat(whoIs(database.onReadOnlyHost(as(database, ALICE)))).isEqualTo(ALICE);
    }
  }

  @Test
  void eachHasABudgetOfItsOwn() throws Exception {
    try (OnBehalfDatabase database =
        database(
            settings()
                .maxConnections(1)
                .readOnlyMaxConnections(1)
                .connectionTimeout(Duration.ofMillis(500)))) {
      UserPool alice = as(database, ALICE);
      UserPool reading = database.onReadOnlyHost(alice);
      assertThat(readers(database).maxConnections()).isOne();
      try (Connection one = alice.getConnection();
          Connection other = reading.getConnection()) {
        assertThat(one.isValid(1) && other.isValid(1)).isTrue();
        assertThatThrownBy(reading::getConnection).isInstanceOf(SQLException.class);
        assertThat(readers(database).total()).isOne();
        assertThat(database.statistics().total()).isOne();
      }
    }
  }

  @Test
  void suspensionHoldsForBothAndForTheApplicationItself() throws Exception {
    try (OnBehalfDatabase database =
        database(settings().connectionTimeout(Duration.ofMillis(500)))) {
      UserPool alice = as(database, ALICE);
      List<DataSource> all =
          List.of(
              alice,
              database.onReadOnlyHost(alice),
              database.servicePrincipal(),
              database.servicePrincipalOnReadOnlyHost());
      for (DataSource each : all) {
        whoIs(each);
      }
      database.suspend();
      for (DataSource each : all) {
        assertThatThrownBy(() -> whoIs(each)).isInstanceOf(ConnectionTimeoutException.class);
      }
      database.resume();
      for (DataSource each : all) {
        whoIs(each);
      }
    }
  }

  @Test
  void allConnectionsAreReplacedInBothAndNobodyIsSignedOut() throws Exception {
    try (OnBehalfDatabase database = database(settings())) {
      UserPool alice = as(database, ALICE);
      for (DataSource each : List.of(alice, database.onReadOnlyHost(alice))) {
        String session = ask(each, "SELECT pg_backend_pid()").get(0);
        assertThat(ask(each, "SELECT pg_backend_pid()")).containsExactly(session);
        try (Connection kept = each.getConnection()) {
          database.evictAll();
          assertThat(kept.isValid(1)).as("in use").isTrue();
        }
        assertThat(ask(each, "SELECT pg_backend_pid()")).doesNotContain(session);
      }
    }
  }

  private static PoolStatistics readers(OnBehalfDatabase database) {
    return database.readOnlyHost().orElseThrow().statistics();
  }

  @Test
  void withoutOneThereIsOnlyTheDatabase() throws Exception {
    try (OnBehalfDatabase database = database(FleetServer.settings(servers.port()))) {
      UserPool alice = as(database, ALICE);
      assertThat(database.hasReadOnlyHost()).isFalse();
      assertThat(database.onReadOnlyHost(alice)).isSameAs(alice);
      assertThat(database.readOnlyHost()).isEmpty();
      assertThat(ask(database.servicePrincipalOnReadOnlyHost(), IS_REPLICA)).containsExactly("f");
    }
  }

  @Test
  void itsSettingsAreCheckedWithTheOthers() {
    assertThatThrownBy(
            () ->
                settings()
                    .variable("PGHOST_READ_ONLY", "replica/?sslmode=disable")
                    .variable("PGPORT_READ_ONLY", "0")
                    .readOnlyMaxConnections(0)
                    .build())
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContainingAll(
            "PGHOST_READ_ONLY is \"replica/?sslmode=disable\"",
            "PGPORT_READ_ONLY is \"0\"",
            "readOnlyMaxConnections is 0");
    DatabaseSettings.Builder elsewhere =
        settings().variable("PGHOST_READ_ONLY", "replica.example.com");
    assertThatThrownBy(elsewhere::build)
        .as("not on loopback, and PGSSLMODE is disable")
        .hasMessageContaining("goes to replica.example.com in clear");
    assertThat(elsewhere.variable("PGSSLMODE", "require").build().readOnlyHost)
        .extracting(Object::toString)
        .asString()
        .contains("replica.example.com", "sslmode=verify-full");
  }
}
