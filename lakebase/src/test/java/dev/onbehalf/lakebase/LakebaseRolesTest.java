package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LakebaseRolesTest {
  @Test
  void theSqlAndTheCommandNameThePersonAndTheBranch() {
    assertThat(LakebaseRoles.createRole("alice@example.com"))
        .isEqualTo("SELECT public.databricks_create_role('alice@example.com', 'USER');");
    assertThat(
            LakebaseRoles.createRoleCommand(
                "projects/p/branches/b/endpoints/e", "alice@example.com"))
        .isEqualTo(
            "databricks postgres create-role projects/p/branches/b --json"
                + " '{\"spec\": {\"postgres_role\": \"alice@example.com\","
                + " \"identity_type\": \"USER\"}}'");
  }

  @Test
  void anAddressCannotBreakOutOfItsPlace() {
    String hostile = "o'hara\\\"; DROP TABLE x; --@example.com";
    assertThat(LakebaseRoles.createRole(hostile))
        .isEqualTo(
            "SELECT public.databricks_create_role( E'o''hara\\\\\"; DROP TABLE x; --@example.com',"
                + " 'USER');");
    assertThat(LakebaseRoles.createRoleCommand("projects/p/branches/b/endpoints/e", hostile))
        .contains("o'\\''hara\\\\\\\"; DROP TABLE x; --@example.com");
  }
}
