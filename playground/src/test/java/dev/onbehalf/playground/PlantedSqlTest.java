package dev.onbehalf.playground;

import static dev.onbehalf.playground.DeployedPlayground.API;
import static dev.onbehalf.playground.DeployedPlayground.post;
import static dev.onbehalf.playground.DeployedPlayground.product;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.RoleSetup;
import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Neither the set-up nor a query of the demo finds what a person has planted, or waits for it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PlantedSqlTest {
  private static final String ALICE = "alice@example.com";
  private static final String MALLORY = "mallory@example.com";
  private static final Path PLANTED = Path.of("../lakebase/src/test/resources/planted");

  private final LakebaseLocal local = LakebaseLocal.builder().user(ALICE).user(MALLORY).start();

  @BeforeEach
  void malloryMayCreate() throws SQLException {
    try (Connection superuser = local.superuser().getConnection()) {
      execute(
          superuser,
          """
          GRANT CREATE ON DATABASE databricks_postgres TO "mallory@example.com";
          GRANT CREATE ON SCHEMA public TO "mallory@example.com\"""");
    }
  }

  @AfterEach
  void stop() {
    local.close();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection mallory() throws SQLException {
    return DriverManager.getConnection(
        local.jdbcUrl(), MALLORY, local.databaseCredential(MALLORY, Duration.ofHours(1)));
  }

  private void plant() throws SQLException, IOException {
    String planted = Files.readString(PLANTED.resolve("planted.sql"));
    try (Connection person = mallory()) {
      execute(person, Files.readString(PLANTED.resolve("alarm.sql")));
      execute(person, planted.replace("planted_schema", "public"));
      for (String worker : List.of(local.servicePrincipal(), ALICE)) {
        String schema = RoleSetup.identifier(worker);
        execute(person, "CREATE SCHEMA " + schema);
        execute(person, planted.replace("planted_schema", schema));
        execute(person, "GRANT USAGE ON SCHEMA " + schema + " TO PUBLIC");
      }
    }
  }

  private void assertAlarmIsSilent() throws SQLException {
    try (Connection superuser = local.superuser().getConnection();
        Statement statement = superuser.createStatement();
        ResultSet row = statement.executeQuery("SELECT is_called FROM alarm.rung")) {
      row.next();
      assertThat(row.getBoolean(1)).as("planted SQL was called").isFalse();
    }
  }

  @Test
  void neitherTheSetUpNorAnyQueryRunsWhatSomebodyPlanted() throws SQLException, IOException {
    plant();
    try (DeployedPlayground playground = new DeployedPlayground(local)) {
      assertAlarmIsSilent();
      try (Connection superuser = local.superuser().getConnection()) {
        execute(superuser, "GRANT raw_example_users TO \"" + ALICE + '"');
      }
      playground.bean(DatabaseSetUp.class).afterSingletonsInstantiated();
      String base = API.substring(0, API.lastIndexOf('/'));
      for (String route :
          List.of(
              "/raw/my-products",
              "/jdbc-client/my-products",
              "/jpa/my-products",
              "/jooq/my-products",
              "/raw/products")) {
        String path = base + route;
        assertThat(playground.send(post(asAlice(playground, path), product("Kite"))).statusCode())
            .as("POST " + path)
            .isEqualTo(201);
        assertThat(playground.send(asAlice(playground, path)).statusCode())
            .as("GET " + path)
            .isEqualTo(200);
      }
      assertThat(playground.send(playground.request(API + "/health")).body()).contains("healthy");
    }
    assertAlarmIsSilent();
  }

  private HttpRequest.Builder asAlice(DeployedPlayground playground, String path) {
    return playground.as(ALICE, local.accessToken(ALICE, Duration.ofHours(1)), path);
  }

  /** They would be asked by the service principal, and a trigger on them would run as it. */
  @Test
  void aSchemaThatSomebodyElseMadeIsNotUsed() throws SQLException {
    try (Connection person = mallory()) {
      execute(person, "CREATE SCHEMA raw_example; GRANT ALL ON SCHEMA raw_example TO PUBLIC");
    }
    assertSetUpFails("belongs to somebody else");
    try (Connection person = mallory()) {
      execute(person, "ALTER SCHEMA raw_example RENAME TO mine");
    }
    try (Connection superuser = local.superuser().getConnection()) {
      String owner = RoleSetup.identifier(local.servicePrincipal());
      execute(superuser, "CREATE SCHEMA raw_example AUTHORIZATION " + owner);
      execute(superuser, "GRANT CREATE, USAGE ON SCHEMA raw_example TO PUBLIC");
    }
    try (Connection person = mallory()) {
      execute(
          person,
          "CREATE TABLE raw_example.products (id int); GRANT ALL ON raw_example.products TO PUBLIC");
    }
    assertSetUpFails("belongs to somebody else");
  }

  @Test
  void aLockThatSomebodyKeepsEndsTheSetUpWithWhatToDo() throws SQLException {
    try (Connection person = mallory()) {
      execute(person, "SELECT pg_advisory_lock(hashtextextended('raw_example', 0))");
      assertSetUpFails("hashtextextended('raw_example', 0)", "pg_terminate_backend");
    }
    setUp();
    try (Connection person = mallory();
        Connection superuser = local.superuser().getConnection()) {
      execute(superuser, "GRANT raw_example_users TO \"" + MALLORY + '"');
      execute(superuser, "ALTER TABLE raw_example.products DISABLE ROW LEVEL SECURITY");
      person.setAutoCommit(false);
      execute(person, "LOCK TABLE raw_example.products IN ACCESS EXCLUSIVE MODE");
      assertSetUpFails("raw_example.products", "pg_terminate_backend");
    }
  }

  private void setUp() {
    try (OnBehalfDatabase lakebase = Lakebase.database(local.environment())) {
      new DatabaseSetUp(lakebase, Optional.empty()).afterSingletonsInstantiated();
    }
  }

  private void assertSetUpFails(String... said) {
    assertThatThrownBy(this::setUp)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll(said);
  }
}
