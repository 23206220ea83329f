package dev.onbehalf.pool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a statement leaves behind, by its first word. */
final class LastingSqlTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "listen a",
        "LISTEN a",
        "\n\t ;Listen\ta",
        "--x\nlisten a",
        "/* y */listen\"a\"",
        "/* a /* b */ c */ LISTEN x"
      })
  void a_listen_is_seen(String sql) {
    assertThat(LastingSql.leftBy(sql)).isEqualTo(SessionDefaults.LISTENING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"declare c cursor with hold for select 1", "/**/ DECLARE c cursor"})
  void a_cursor_is_seen(String sql) {
    assertThat(LastingSql.leftBy(sql)).isEqualTo(SessionDefaults.CURSORS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ";",
        "--",
        "/*",
        "-- listen a",
        "/* listen a",
        "/* a /* b */ LISTEN x",
        "/*/* a */ listen b */ select 1",
        "select 1",
        "lock table a",
        "listener()",
        "listen_all",
        "l",
        "do $$ begin end $$",
        "delete from a",
        "declared"
      })
  void nothing_else_is(String sql) {
    assertThat(LastingSql.leftBy(sql)).isZero();
  }

  @Test
  void no_sql_is_the_drivers_to_refuse() {
    assertThat(LastingSql.leftBy(null)).isZero();
  }
}
