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
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody who joins while it runs. */
class AddedUserTest {
  @RegisterExtension
  static final LakebaseLocalExtension LAKEBASE =
      LakebaseLocalExtension.builder()
          .user("alice@example.com")
          .personWithoutRole("carol@example.com")
          .passwordRole("reporting", "correct horse")
          .build();

  @ParameterizedTest
  @ValueSource(strings = {"dave@example.com", "o'brien@example.com", "a\"b{x}@example.com"})
  void logsInWithTheirOwnCredential(String name) throws SQLException {
    LakebaseLocal lakebase = LAKEBASE.get();
    lakebase.addUser(name);

    assertThat(lakebase.users()).contains("alice@example.com", name);
    assertThat(lakebase.accessToken(name, Duration.ofHours(1))).isNotEmpty();
    String credential = lakebase.databaseCredential(name, Duration.ofHours(1));
    try (Connection connection = DriverManager.getConnection(lakebase.jdbcUrl(), name, credential);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT current_user")) {
      row.next();
      assertThat(row.getString(1)).isEqualTo(name);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"alice@example.com", "carol@example.com", "reporting", "postgres", "pg_read", " "})
  void isNobodyElse(String name) {
    assertThatThrownBy(() -> LAKEBASE.get().addUser(name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void isUnknownWhereTheRoleCouldNotBeMade() throws SQLException {
    try (Connection superuser = LAKEBASE.get().superuser().getConnection();
        Statement statement = superuser.createStatement()) {
      statement.execute("CREATE ROLE app_users");
    }
    assertThatThrownBy(() -> LAKEBASE.get().addUser("app_users"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("already exists");
    assertThatThrownBy(() -> LAKEBASE.get().accessToken("app_users", Duration.ofHours(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
