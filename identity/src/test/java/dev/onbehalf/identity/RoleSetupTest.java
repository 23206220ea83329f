package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoleSetupTest {
  @Test
  void anAddressCannotBreakOutOfItsPlace() {
    String hostile = "o'hara\\\"; DROP TABLE x; --@example.com";
    assertThat(RoleSetup.grantRole("g", hostile))
        .isEqualTo("GRANT \"g\" TO \"o'hara\\\"\"; DROP TABLE x; --@example.com\";");
    assertThat(RoleSetup.literal(hostile))
        .isEqualTo(" E'o''hara\\\\\"; DROP TABLE x; --@example.com'");
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
