package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.RoleSetup;
import dev.onbehalf.identity.RoleSetup.Privilege;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * SQL that a person left lying about is never found by SQL of ours: neither in {@code public}, nor
 * in a schema that is named like who works ("$user", the first of the default path), nor where the
 * worker's own search path puts such a schema before the server's.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PlantedSqlTest {
  private static final String ALICE = "alice@example.com";
  private static final String MALLORY = "mallory@example.com";
  private static final String SUPERUSER = "postgres";

  private static LakebaseLocal local;
  private static OnBehalfDatabase lakebase;

  @BeforeAll
  static void somebodyPlants() throws SQLException {
    local = LakebaseLocal.builder().user(ALICE).user(MALLORY).start();
    lakebase = TestDatabase.of(TestDatabase.settings(local.environment()));
    try (Connection owner = lakebase.servicePrincipal().getConnection()) {
      execute(owner, "CREATE SCHEMA shop; CREATE TABLE shop.orders (item pg_catalog.text)");
    }
    try (Connection superuser = local.superuser().getConnection()) {
      execute(
          superuser,
          """
          GRANT CREATE ON DATABASE databricks_postgres TO "mallory@example.com";
          GRANT CREATE ON SCHEMA public TO "mallory@example.com\"""");
    }
    try (Connection person = asUser(MALLORY).getConnection()) {
      PlantedSql.setAlarm(person);
      PlantedSql.plant(person, "public");
      for (String worker : List.of(SUPERUSER, lakebase.servicePrincipalRole(), ALICE)) {
        execute(person, "CREATE SCHEMA " + RoleSetup.identifier(worker));
        PlantedSql.plant(person, worker);
      }
    }
  }

  @AfterAll
  static void stop() {
    lakebase.close();
    local.close();
  }

  @AfterEach
  void nothingPlantedRan() throws SQLException {
    try (Connection superuser = local.superuser().getConnection()) {
      execute(superuser, "SET search_path = pg_catalog, pg_temp");
      assertThat(PlantedSql.calls(superuser)).as("calls of planted SQL").isZero();
      assertThat(single(superuser, "SELECT rolsuper FROM pg_roles WHERE rolname ~ '^mallory'"))
          .isEqualTo("f");
    }
  }

  private static DataSource asUser(String user) {
    Secret token = Secret.of(local.accessToken(user, Duration.ofHours(1)));
    return lakebase.asUser(new ForwardedIdentity(user, token));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String single(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static RoleSetup setup(String name) {
    return LakebaseRoles.ofGroup(name + "s")
        .user(ALICE)
        .user(name + "@example.com")
        .schema("shop")
        .table("shop", "orders", Privilege.SELECT);
  }

  private static void setUpRoles(DataSource worker, String role) throws SQLException {
    String planted = RoleSetup.identifier(role) + ", public, pg_catalog";
    for (String path : List.of("\"$user\", public", planted)) {
      try (Connection connection = worker.getConnection()) {
        execute(connection, "SET search_path = " + path);
        RoleSetup setup = setup("of" + path.length() + role);
        assertThat(setup.dryRun(connection)).hasSize(6);
        assertThat(setup.apply(connection)).hasSize(6);
        assertThat(setup.apply(connection)).isEmpty();
        assertThat(setup.dryRun(connection)).isEmpty();
      }
    }
  }

  @Test
  void anAdministratorsSetUpOfRoles() throws SQLException {
    setUpRoles(local.superuser(), SUPERUSER);
  }

  @Test
  void theServicePrincipalsSetUpOfRoles() throws SQLException {
    setUpRoles(lakebase.servicePrincipal(), lakebase.servicePrincipalRole());
  }

  @Test
  void theStatementsThatAnAdministratorPastes() throws SQLException {
    try (Connection superuser = local.superuser().getConnection()) {
      execute(superuser, LakebaseRoles.createRole("pasted@example.com"));
      execute(superuser, RoleSetup.grantRole(ALICE, "pasted@example.com"));
    }
  }

  @Test
  void whatThePoolDoesWithTheServicePrincipalsConnections() throws SQLException {
    useAndGiveBack(lakebase.servicePrincipal());
  }

  @Test
  void whatThePoolDoesWithAPersonsConnections() throws SQLException {
    useAndGiveBack(asUser(ALICE));
  }

  private static void useAndGiveBack(DataSource pool) throws SQLException {
    for (int i = 0; i < 3; i++) {
      try (Connection connection = pool.getConnection()) {
        assertThat(connection.isValid(5)).isTrue();
        connection.setSchema("public");
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        connection.setNetworkTimeout(Runnable::run, 10_000);
        assertThat(connection.getTransactionIsolation())
            .isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
      }
    }
  }

  /** Whether the set-up works or fails. */
  @Test
  void theCallersSettingsAreBackWithinTheCallersTransaction() throws SQLException {
    try (Connection connection = local.superuser().getConnection()) {
      execute(connection, "SET search_path = shop, public; SET lock_timeout = '7s'");
      connection.setAutoCommit(false);
      execute(connection, "SET LOCAL search_path = shop; CREATE TABLE shop.mine (n int)");
      assertThat(setup("within").dryRun(connection)).isNotEmpty();
      setup("within").apply(connection);
      assertThat(single(connection, "SHOW search_path")).isEqualTo("shop");
      assertThat(single(connection, "SHOW lock_timeout")).isEqualTo("7s");

      RoleSetup refused = LakebaseRoles.ofGroup("others").user(ALICE).schema("no such schema");
      assertThatThrownBy(() -> refused.apply(connection)).isInstanceOf(SQLException.class);
      assertThat(single(connection, "SHOW search_path")).isEqualTo("shop");
      assertThat(single(connection, "SHOW lock_timeout")).isEqualTo("7s");
      connection.commit();
      assertThat(single(connection, "SHOW search_path")).isEqualTo("shop, public");
      assertThat(single(connection, "SELECT pg_catalog.count(*) FROM shop.mine")).isEqualTo("0");
      assertThat(setup("within").dryRun(connection)).as("what was done is committed").isEmpty();
      assertThat(refused.dryRun(connection)).as("all of the refused one is undone").hasSize(3);
    }
  }
}
