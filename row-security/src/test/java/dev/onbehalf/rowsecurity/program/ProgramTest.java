package dev.onbehalf.rowsecurity.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.onbehalf.rowsecurity.TestServer;
import dev.onbehalf.rowsecurity.rules.Rules;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program, run in this JVM. */
final class ProgramTest {
  private static final String[] PEOPLE = {"--as", "group:order_users"};

  @TempDir Path folder;

  private record Run(int exit, String out, String err) {}

  private static Run run(Map<String, String> environment, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        Main.run(
            List.of(arguments),
            environment,
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8));
    return new Run(exit, out.toString(UTF_8), err.toString(UTF_8));
  }

  private static Run run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(PEOPLE));
    all.addAll(List.of(arguments));
    return run(
        Map.of(
            "PGHOST", "localhost",
            "PGPORT", Integer.toString(TestServer.get().port()),
            "PGDATABASE", "postgres",
            "PGUSER", "postgres"),
        all.toArray(String[]::new));
  }

  private static TestServer.Database leaky() throws Exception {
    return TestServer.get()
        .database()
        .run(
            """
            CREATE TABLE shop."odd | name" (words text, owner text);
            GRANT SELECT ON shop."odd | name" TO order_users;
            GRANT TRUNCATE ON shop.orders TO order_users; GRANT REFERENCES ON shop.orders TO order_users""");
  }

  @Test
  void text_says_everything_and_the_exit_code_is_by_severity() throws Exception {
    try (TestServer.Database database = leaky()) {
      Run run = run("--schema", "shop");
      assertThat(run.exit()).isEqualTo(1);
      assertThat(run.out())
          .contains(
              "error truncate-granted shop.orders\n",
              "alice@example.com and 1 more can delete every row of shop.orders at once",
              "REVOKE TRUNCATE ON \"shop\".\"orders\" FROM \"order_users\";",
              "https://www.postgresql.org/docs/current/ddl-priv.html",
              "2 errors, 1 warning, 0 notes; 0 accepted. 2 people, 2 tables and views.");
      database.run(
          "REVOKE TRUNCATE ON shop.orders FROM order_users; DROP TABLE shop.\"odd | name\"");
      assertThat(run("--schema", "shop").exit()).isZero();
      assertThat(run("--fail-on", "warning").exit()).isEqualTo(1);
      assertThat(run("--fail-on=note").exit()).isEqualTo(1);
    }
  }

  @Test
  void json_and_sarif_are_read_by_others() throws Exception {
    try (TestServer.Database database = leaky()) {
      Map<String, Object> json = JSONObjectUtils.parse(run("--format", "json").out());
      assertThat(JSONObjectUtils.getJSONObjectArray(json, "findings"))
          .extracting(finding -> finding.get("id"), finding -> finding.get("severity"))
          .contains(org.assertj.core.api.Assertions.tuple("truncate-granted", "error"));

      Map<String, Object> sarif = JSONObjectUtils.parse(run("--format", "sarif").out());
      assertThat(sarif).containsEntry("version", "2.1.0");
      Map<String, Object> first = JSONObjectUtils.getJSONObjectArray(sarif, "runs")[0];
      Map<String, Object> driver =
          JSONObjectUtils.getJSONObject(JSONObjectUtils.getJSONObject(first, "tool"), "driver");
      assertThat(JSONObjectUtils.getJSONObjectArray(driver, "rules")).hasSize(Rules.ALL.size());
      for (Map<String, Object> result : JSONObjectUtils.getJSONObjectArray(first, "results")) {
        assertThat(Rules.ids()).contains(JSONObjectUtils.getString(result, "ruleId"));
        assertThat(JSONObjectUtils.getString(result, "level")).isIn("error", "warning", "note");
        assertThat(JSONObjectUtils.getJSONObject(result, "message")).containsKey("text");
      }
    }
  }

  @Test
  void what_is_accepted_needs_a_reason_and_to_be_found() throws Exception {
    Path file = folder.resolve("accepted");
    Files.writeString(
        file,
        """
        # accepted in the meeting of Monday
        truncate-granted | shop.orders | the shop is emptied each night
        table-without-rls | shop."odd | name" | public
        references-granted | shop.orders |
        table-without-rls | shop.gone | it was a list
        no-such-thing | shop.orders | why
        """);
    try (TestServer.Database database = leaky()) {
      Run run = run("--baseline", file.toString());
      assertThat(run.exit()).isZero();
      assertThat(run.out()).contains("0 errors, 1 warning, 0 notes; 2 accepted.");
      assertThat(run.err())
          .contains(
              "line 4: references-granted is accepted without a reason, so it is not",
              "line 5: table-without-rls of shop.gone is not found any more",
              "line 6: there is no finding no-such-thing");
      assertThat(run("--baseline", file.toString(), "--format", "json").out())
          .contains("\"accepted\": \"the shop is emptied each night\"");
      assertThat(run("--baseline", file.toString(), "--format", "sarif").out())
          .contains("\"justification\": \"public\"");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--as; --as needs a value",
        "--as a,,b; --as has an empty name: a,,b",
        "--schema shop; --as is missing",
        "--as a --format yaml; --format is one of text, json, sarif, not yaml",
        "--as a --fail-on never; --fail-on is one of error, warning, note, not never",
        "--as a --baseline /no/such; --baseline /no/such can't be read",
        "--as a --timeout 0; --timeout needs a number of seconds, not 0",
        "--as a --nonsense; Unknown argument: --nonsense",
        "--as a --url mysql:x; --url begins with jdbc:postgresql:",
        "--as a --url jdbc:postgresql://h/d?password=x; --url must not have the password",
      })
  void arguments_that_are_not_understood_are_said(String arguments, String said) {
    Run run = run(Map.of(), arguments.split(" ", -1));
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains(said, "Usage: ");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void who_or_what_does_not_exist_is_said() throws Exception {
    try (TestServer.Database database = TestServer.get().database()) {
      assertThat(run("--as", "nobody@example.com"))
          .isEqualTo(new Run(2, "", "There is no role nobody@example.com\n"));
      assertThat(run("--schema", "nowhere"))
          .isEqualTo(new Run(2, "", "There is no schema nowhere\n"));
    }
  }

  @Test
  void a_database_that_does_not_answer_is_said() {
    Run run = run(Map.of("PGPORT", "1", "PGUSER", "postgres", "PGSSLMODE", "disable"), PEOPLE);
    assertThat(run.exit()).isEqualTo(3);
    assertThat(run.err()).startsWith("The database could not be asked: ");
  }

  @Test
  void help_is_printed() {
    assertThat(run("--help").out()).isEqualTo(Usage.TEXT);
  }
}
