package dev.onbehalf.rowsecurity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What somebody is called is no line of the report. */
final class NamesInReportsTest {
  @Test
  void a_name_with_line_breaks_and_escapes_stays_one_line() throws Exception {
    String name = "eve\nERROR role-superuser role bob\u001b[2J\u202e";
    try (TestServer.Database database = TestServer.get().database()) {
      database.run("CREATE ROLE \"%s\" LOGIN SUPERUSER".formatted(name));
      assertThat(database.examine(name).findings())
          .isNotEmpty()
          .allSatisfy(
              finding ->
                  assertThat((finding.object() + finding.sentence()).codePoints())
                      .noneMatch(c -> c < ' ' || c == 0x202e))
          .anySatisfy(finding -> assertThat(finding.object()).contains("\\u000A"));
    }
  }
}
