package dev.onbehalf.lakebaselocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code databricks_create_role}, as on Lakebase. */
class RoleCreationTest {
  private static final String ALICE = "alice@example.com";
  private static final String CAROL = "carol@example.com";

  @RegisterExtension
  static final LakebaseLocalExtension LAKEBASE =
      LakebaseLocalExtension.builder().user(ALICE).personWithoutRole(CAROL).build();

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
    assertFails(LAKEBASE.get().servicePrincipal(), "dan@example.com", "KING", "22023");
  }

  @Test
  void isNotForUsers() {
    assertFails(ALICE, "dan@example.com", "USER", "42501");
  }

  @Test
  void canBeAskedForByTheServicePrincipalAsOnLakebase() throws SQLException {
    try (Connection connection = logIn(LAKEBASE.get().servicePrincipal());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE EXTENSION IF NOT EXISTS databricks_auth");
    }
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
    return DriverManager.getConnection(
        LAKEBASE.get().jdbcUrl(),
        role,
        LAKEBASE.get().databaseCredential(role, Duration.ofHours(1)));
  }
}
