package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.RoleSetup;
import dev.onbehalf.identity.RoleSetup.Privilege;
import dev.onbehalf.identity.TestCatalog;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Set-up on the real server, with names that would like to be SQL. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RoleSetupOnPostgresTest {
  private static final List<String> HOSTILE =
      List.of(
          "o'hara@example.com",
          "dou\"ble\"@example.com",
          "back\\slash\\@example.com",
          "\\'; DROP TABLE t; --".replace(" ", ""),
          "semi;colon;--@example.com",
          "a.b.c@example.com",
          "\ud83d\ude00@example.com",
          "--",
          "/*",
          "$1$$?{d'1'}",
          "E'x'",
          "current_user",
          "session_user",
          "user",
          "all",
          "PUBLIC",
          "Alice@Example.COM",
          "\u00fcn\u0456c\u00f6de@example.com");
  private static final String GROUP = "gro\"up'; --\\";
  private static final String SCHEMA = "sche\"ma.x";
  private static final String TABLE = "ta;ble'--";

  private static LakebaseLocal local;
  private static OnBehalfDatabase lakebase;

  @BeforeAll
  static void start() {
    LakebaseLocal.Builder builder = LakebaseLocal.builder();
    HOSTILE.forEach(builder::personWithoutRole);
    local = builder.start();
    lakebase = TestDatabase.of(TestDatabase.settings(local.environment()));
  }

  @AfterAll
  static void stop() {
    lakebase.close();
    local.close();
  }

  private static RoleSetup setup(Stream<String> users) {
    RoleSetup setup = LakebaseRoles.ofGroup(GROUP).schema(SCHEMA);
    users.forEach(setup::user);
    return setup.table(SCHEMA, TABLE, Privilege.SELECT, Privilege.INSERT);
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

  private static void makeTable(Connection connection) throws SQLException {
    String schema = RoleSetup.identifier(SCHEMA);
    execute(connection, "CREATE SCHEMA " + schema);
    execute(
        connection, "CREATE TABLE %s.%s (id int)".formatted(schema, RoleSetup.identifier(TABLE)));
  }

  private static void assertPowerless(Connection connection) throws SQLException {
    String powerful =
        "FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres' AND rolsuper";
    assertThat(single(connection, "SELECT count(*) " + powerful)).isEqualTo("0");
  }

  @Test
  void hostileNamesLogInAsThemselvesWithTheGroupsRights() throws SQLException {
    try (Connection superuser = local.superuser().getConnection()) {
      execute(superuser, "DROP EXTENSION databricks_auth");
    }
    try (Connection owner = lakebase.servicePrincipal().getConnection()) {
      makeTable(owner);
      RoleSetup setup = setup(HOSTILE.stream());
      List<String> planned = setup.dryRun(owner);
      assertThat(planned)
          .startsWith(
              "CREATE ROLE \"gro\"\"up'; --\\\" NOLOGIN;",
              "CREATE EXTENSION databricks_auth SCHEMA public;")
          .contains("SELECT public.databricks_create_role('o''hara@example.com', 'USER');")
          .noneMatch(sql -> sql.contains("SUPERUSER"));
      assertThat(single(owner, "SELECT count(*) FROM pg_roles WHERE rolname ~ 'hara'"))
          .as("a dry run does nothing")
          .isEqualTo("0");

      assertThat(setup.apply(owner)).isEqualTo(planned);
      assertThat(setup.dryRun(owner)).isEmpty();
      assertThat(setup.apply(owner)).isEmpty();
      assertPowerless(owner);
    }
    for (String name : HOSTILE) {
      Secret token = Secret.of(local.accessToken(name, Duration.ofHours(1)));
      try (Connection connection =
          lakebase.asUser(new ForwardedIdentity(name, token)).getConnection()) {
        assertThat(single(connection, "SELECT session_user")).isEqualTo(name);
        String table = RoleSetup.identifier(SCHEMA) + '.' + RoleSetup.identifier(TABLE);
        execute(connection, "INSERT INTO " + table + " VALUES (1)");
        assertThatThrownBy(() -> execute(connection, "DELETE FROM " + table))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
      }
    }
  }

  @Test
  void withoutTheExtensionRolesAreMadeByPlainSqlUnderEitherReadingOfBackslashes()
      throws IOException, SQLException {
    try (EmbeddedPostgres plain = EmbeddedPostgres.start();
        Connection owner = plain.getPostgresDatabase().getConnection()) {
      makeTable(owner);
      int half = HOSTILE.size() / 2;
      List<String> made = setup(HOSTILE.stream().limit(half)).apply(owner);
      assertThat(made).contains("CREATE ROLE \"o'hara@example.com\" LOGIN;");
      execute(owner, "SET standard_conforming_strings = off");
      setup(HOSTILE.stream()).apply(owner);

      assertThat(setup(HOSTILE.stream()).dryRun(owner)).isEmpty();
      for (String name : HOSTILE) {
        assertThat(TestCatalog.hasRole(owner, name)).as(name).isTrue();
      }
      assertPowerless(owner);
      anythingRefusedUndoesAll(owner);
      aPowerfulGroupTakesNobodyIn(owner);
    }
  }

  private static void anythingRefusedUndoesAll(Connection owner) throws SQLException {
    RoleSetup setup =
        LakebaseRoles.ofGroup("half").user("dora@example.com").schema("no such schema");
    assertThatThrownBy(() -> setup.apply(owner)).isInstanceOf(SQLException.class);
    assertThat(TestCatalog.hasRole(owner, "half")).isFalse();
    assertThat(owner.getAutoCommit()).isTrue();
  }

  private static void aPowerfulGroupTakesNobodyIn(Connection owner) throws SQLException {
    execute(owner, "CREATE ROLE wardens BYPASSRLS");
    assertThatThrownBy(() -> LakebaseRoles.ofGroup("wardens").user("dora@example.com").apply(owner))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("\"wardens\"");
    assertThat(TestCatalog.hasRole(owner, "dora@example.com")).isFalse();
  }

  @Test
  void aNameThatPostgresWouldCutIsRefused() {
    assertThatThrownBy(() -> LakebaseRoles.ofGroup("g").user("x".repeat(64)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64");
  }
}
