package dev.onbehalf.lakebaselocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.databricks.sdk.WorkspaceClient;
import com.databricks.sdk.core.DatabricksConfig;
import com.databricks.sdk.service.postgres.CreateRoleRequest;
import com.databricks.sdk.service.postgres.Role;
import com.databricks.sdk.service.postgres.RoleIdentityType;
import com.databricks.sdk.service.postgres.RoleRoleSpec;
import dev.onbehalf.lakebaselocal.Faults.Fault;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code databricks_create_role}, as on Lakebase. */
class RoleCreationTest {
  private static final String ALICE = "alice@example.com";
  private static final String CAROL = "carol@example.com";
  private static final String DAN = "dan@example.com";

  @RegisterExtension
  static final LakebaseLocalExtension LAKEBASE =
      LakebaseLocalExtension.builder()
          .user(ALICE)
          .personWithoutRole(CAROL)
          .personWithoutRole(DAN)
          .build();

  @Test
  void letsThePersonInAfterwards() throws SQLException {
    createRole(LAKEBASE.get().servicePrincipal(), CAROL, "USER");

    try (Connection connection = logIn(CAROL)) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"o'brien@example.com", "a\"b", "x\"; DROP ROLE \"alice@example.com", "ünï"})
  void takesANameForANameWhateverIsInIt(String name) throws SQLException {
    createRole(LAKEBASE.get().servicePrincipal(), name, "USER");

    try (Connection superuser = LAKEBASE.get().superuser().getConnection();
        PreparedStatement query =
            superuser.prepareStatement(
                "SELECT rolcanlogin AND NOT (rolsuper OR rolcreaterole OR rolbypassrls)"
                    + " FROM pg_roles WHERE rolname = ?")) {
      query.setString(1, name);
      try (ResultSet row = query.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getBoolean(1)).isTrue();
      }
    }
  }

  @Test
  void saysThatARoleIsThereAlready() {
    assertFails(LAKEBASE.get().servicePrincipal(), ALICE, "USER", "42710");
  }

  @Test
  void refusesANameThatWouldBeCut() {
    assertFails(LAKEBASE.get().servicePrincipal(), "ä".repeat(32), "USER", "42622");
  }

  @Test
  void refusesATypeThatItDoesNotKnow() {
    assertFails(LAKEBASE.get().servicePrincipal(), DAN, "KING", "22023");
  }

  @Test
  void isNotForUsers() {
    assertFails(ALICE, DAN, "USER", "42501");
  }

  @Test
  void canBeAskedForByTheServicePrincipalAsOnLakebase() throws SQLException {
    try (Connection connection = logIn(LAKEBASE.get().servicePrincipal());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE EXTENSION IF NOT EXISTS databricks_auth");
    }
  }

  /** The service principal owns the database, and so may change what its schemas hold. */
  @Test
  void runsWhatTheServicePrincipalPutInItsPlaceWithItsOwnRights() throws SQLException {
    try (LakebaseLocal lakebase = LakebaseLocal.builder().personWithoutRole(CAROL).start()) {
      try (Connection connection = logIn(lakebase, lakebase.servicePrincipal());
          Statement statement = connection.createStatement()) {
        statement.execute(
            """
            DROP SCHEMA public CASCADE;
            CREATE SCHEMA public;
            CREATE FUNCTION public.databricks_create_role(name text, type text) RETURNS void
            LANGUAGE plpgsql AS $$
            BEGIN
              EXECUTE 'RESET ROLE';
              EXECUTE 'RESET SESSION AUTHORIZATION';
              EXECUTE format('CREATE ROLE %I SUPERUSER', name);
            EXCEPTION WHEN insufficient_privilege THEN NULL;
            END $$""");
      }

      createRoleAtTheWorkspace(lakebase, CAROL);

      try (Connection superuser = lakebase.superuser().getConnection();
          Statement statement = superuser.createStatement();
          ResultSet above =
              statement.executeQuery(
                  "SELECT FROM pg_roles WHERE rolname = '%s'".formatted(CAROL))) {
        assertThat(above.next()).isFalse();
      }
    }
  }

  @Test
  void isDoneByTheWorkspaceWhateverLoginsMeet() {
    try (Fault full = LAKEBASE.get().faults().refuseLogins("53300", "full");
        Fault refused = LAKEBASE.get().faults().refuseDatabaseCredentials()) {
      createRoleAtTheWorkspace(LAKEBASE.get(), DAN);
    }
  }

  private static void createRoleAtTheWorkspace(LakebaseLocal lakebase, String identity) {
    Map<String, String> environment = lakebase.environment();
    DatabricksConfig config =
        new DatabricksConfig()
            .setHost(environment.get("DATABRICKS_HOST"))
            .setAuthType("oauth-m2m")
            .setClientId(environment.get("DATABRICKS_CLIENT_ID"))
            .setClientSecret(environment.get("DATABRICKS_CLIENT_SECRET"));
    RoleRoleSpec spec =
        new RoleRoleSpec().setPostgresRole(identity).setIdentityType(RoleIdentityType.USER);
    new WorkspaceClient(config)
        .postgres()
        .createRole(
            new CreateRoleRequest()
                .setParent("projects/local/branches/main")
                .setRole(new Role().setSpec(spec)));
  }

  private static void assertFails(String as, String identity, String type, String sqlState) {
    assertThatThrownBy(() -> createRole(as, identity, type))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(sqlState));
  }

  private static void createRole(String as, String identity, String type) throws SQLException {
    try (Connection connection = logIn(as);
        PreparedStatement call =
            connection.prepareStatement("SELECT databricks_create_role(?, ?)")) {
      call.setString(1, identity);
      call.setString(2, type);
      call.execute();
    }
  }

  private static Connection logIn(String role) throws SQLException {
    return logIn(LAKEBASE.get(), role);
  }

  private static Connection logIn(LakebaseLocal lakebase, String role) throws SQLException {
    return DriverManager.getConnection(
        lakebase.jdbcUrl(), role, lakebase.databaseCredential(role, Duration.ofHours(1)));
  }
}
