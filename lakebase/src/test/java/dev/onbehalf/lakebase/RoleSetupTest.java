package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoleSetupTest {
  @Test
  void theSqlAndTheCommandNameThePersonAndTheBranch() {
    assertThat(RoleSetup.createRole("alice@example.com"))
        .isEqualTo("SELECT public.databricks_create_role('alice@example.com', 'USER');");
    assertThat(RoleSetup.grantRole("app_users", "alice@example.com"))
        .isEqualTo("GRANT \"app_users\" TO \"alice@example.com\";");
    assertThat(
            RoleSetup.createRoleCommand("projects/p/branches/b/endpoints/e", "alice@example.com"))
        .isEqualTo(
            "databricks postgres create-role projects/p/branches/b --json"
                + " '{\"spec\": {\"postgres_role\": \"alice@example.com\","
                + " \"identity_type\": \"USER\"}}'");
  }

  @Test
  void anAddressCannotBreakOutOfItsPlace() {
    String hostile = "o'hara\\\"; DROP TABLE x; --@example.com";
    assertThat(RoleSetup.createRole(hostile))
        .isEqualTo(
            "SELECT public.databricks_create_role( E'o''hara\\\\\"; DROP TABLE x; --@example.com',"
                + " 'USER');");
    assertThat(RoleSetup.grantRole("g", hostile))
        .isEqualTo("GRANT \"g\" TO \"o'hara\\\"\"; DROP TABLE x; --@example.com\";");
    assertThat(RoleSetup.createRoleCommand("projects/p/branches/b/endpoints/e", hostile))
        .contains("o'\\''hara\\\\\\\"; DROP TABLE x; --@example.com");
  }

  @ParameterizedTest
  @ValueSource(strings = {"public", "none", "pg_monitor", "pg_execute_server_program", "pg_x"})
  void aNameThatPostgresKeepsForItselfIsNoRole(String name) {
    assertThatThrownBy(() -> RoleSetup.ofGroup(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining('"' + name + '"');
    assertThatThrownBy(() -> RoleSetup.ofGroup("g").user(name))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(RoleSetup.ofGroup("g").schema("public")).as("a schema may").isNotNull();
  }

  @Test
  void aNulCharacterIsRefused() {
    assertThatThrownBy(() -> RoleSetup.identifier("a\0b"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
