package dev.onbehalf.lakebaselocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What an application's database needs before its first request. */
class StartScriptsTest {
  private static final String ALICE = "alice@example.com";
  private static final String DAVE = "dave@example.com";
  private static final String GROUP = "Shop \"users\"";

  @Test
  void theGroupHoldsEverybodyAndTheScriptsRunAsWhoTheySay() throws SQLException {
    try (LakebaseLocal lakebase =
        LakebaseLocal.builder()
            .user(ALICE)
            .grant(GROUP)
            .administratorSql("CREATE TABLE of_admin AS SELECT current_user::text AS maker;")
            .sql(
                """
                CREATE TABLE of_sp AS SELECT current_user::text AS maker, '{d}; --' AS odd;
                DO $$ BEGIN PERFORM 1; END $$;
                GRANT SELECT ON of_sp TO "Shop ""users""\"""")
            .start()) {
      lakebase.addUser(DAVE);
      for (String person : new String[] {ALICE, DAVE}) {
        assertThat(text(lakebase, person, "SELECT maker || odd FROM of_sp"))
            .isEqualTo(lakebase.servicePrincipal() + "{d}; --");
      }
      assertThatThrownBy(() -> text(lakebase, ALICE, "SELECT maker FROM of_admin"))
          .hasMessageContaining("permission denied");
      try (Connection connection = lakebase.superuser().getConnection()) {
        assertThat(text(connection, "SELECT maker FROM of_admin")).isEqualTo("postgres");
      }
    }
  }

  @Test
  void theServicePrincipalMayGrantTheGroupToOthers() throws SQLException {
    try (LakebaseLocal lakebase =
        LakebaseLocal.builder()
            .user(ALICE)
            .grant("app")
            .sql(
                "SELECT databricks_create_role('eve@example.com', 'USER');"
                    + " GRANT app TO \"eve@example.com\"")
            .start()) {
      assertThat(text(lakebase, ALICE, "SELECT pg_has_role('eve@example.com', 'app', 'MEMBER')"))
          .isEqualTo("t");
    }
  }

  @Test
  void aScriptThatFailsIsNamedAndNothingIsLeftRunning() {
    assertThatThrownBy(() -> LakebaseLocal.builder().administratorSql("CREATE nonsense").start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("The SQL of administratorSql(...) failed")
        .hasMessageContaining("nonsense");
  }

  @Test
  void aGroupIsNobodysName() {
    assertThatThrownBy(() -> LakebaseLocal.builder().user(ALICE).grant(ALICE).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("twice");
  }

  private static String text(LakebaseLocal lakebase, String user, String query)
      throws SQLException {
    String password = lakebase.databaseCredential(user, Duration.ofHours(1));
    try (Connection connection = DriverManager.getConnection(lakebase.jdbcUrl(), user, password)) {
      return text(connection, query);
    }
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      try (ResultSet row = statement.executeQuery(query)) {
        row.next();
        return row.getString(1);
      }
    }
  }
}
