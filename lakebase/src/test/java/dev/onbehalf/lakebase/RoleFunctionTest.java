package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.RoleSetup;
import dev.onbehalf.identity.TestCatalog;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Of the functions called databricks_create_role, only the extension's own makes a role. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RoleFunctionTest {
  private static final String MALLORY = "mallory@example.com";

  private final LakebaseLocal local = LakebaseLocal.builder().user(MALLORY).start();

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

  private static RoleSetup setup() {
    return LakebaseRoles.ofGroup("shoppers").user("new@example.com");
  }

  /** Who installs an extension owns it, and may declare functions of theirs parts of it. */
  @Test
  void oneThatItsInstallerAddedToTheExtensionIsNotCalled() throws SQLException {
    try (Connection superuser = local.superuser().getConnection()) {
      execute(
          superuser,
          """
          DROP EXTENSION databricks_auth;
          GRANT CREATE ON DATABASE databricks_postgres TO "mallory@example.com\"""");
      try (Connection person = mallory()) {
        PlantedSql.setAlarm(person);
        execute(
            person,
            """
            CREATE SCHEMA trap; CREATE EXTENSION databricks_auth SCHEMA trap; CREATE SCHEMA added;
            CREATE FUNCTION added.databricks_create_role(text, text) RETURNS boolean
              LANGUAGE plpgsql AS $$ BEGIN RETURN alarm.ring(); END $$;
            CREATE FUNCTION trap.databricks_create_role(varchar, varchar) RETURNS boolean
              LANGUAGE plpgsql AS $$ BEGIN RETURN alarm.ring(); END $$;
            ALTER EXTENSION databricks_auth
              ADD FUNCTION added.databricks_create_role(text, text);
            ALTER EXTENSION databricks_auth
              ADD FUNCTION trap.databricks_create_role(varchar, varchar)""");
      }
      assertThat(setup().apply(superuser))
          .contains("SELECT \"trap\".databricks_create_role('new@example.com', 'USER');");
      assertThat(PlantedSql.calls(superuser)).isZero();
    }
  }

  @Test
  void anExtensionWithoutASuperusersFunctionMakesNoRoles() throws SQLException {
    try (Connection superuser = local.superuser().getConnection()) {
      execute(
          superuser,
          "ALTER FUNCTION databricks_create_role(text, text) OWNER TO \"" + MALLORY + '"');
      assertThatThrownBy(() -> setup().apply(superuser))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("databricks_create_role");
      assertThat(TestCatalog.hasRole(superuser, "shoppers")).isFalse();
    }
  }
}
