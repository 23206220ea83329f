package dev.onbehalf.rowsecurity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing is found where nothing is wrong: schemas of many styles, the playground's, the docs'. */
final class CorrectSchemasTest {
  static Stream<Leak> schemas() {
    return Leak.all("correct");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("schemas")
  void a_correct_schema_has_no_finding_and_does_not_leak(Leak schema) throws Exception {
    try (TestServer.Database database = TestServer.get().database()) {
      assumeTrue(schema.isFor(database.version()), "another server's");
      database.run(schema.setup());
      assertThat(database.examine(schema.people().toArray(String[]::new)).findings())
          .as("%s", schema)
          .isEmpty();
      assertThat(database.examine("group:order_users").findings()).as("%s", schema).isEmpty();
      assertThat(!schema.steps().isEmpty() && schema.leaks(database)).as("%s", schema).isFalse();
    }
  }

  @Test
  void the_playgrounds_schema_has_no_finding() throws Exception {
    try (TestServer.Database database = TestServer.get().empty()) {
      database.run(
          """
          REVOKE CREATE ON SCHEMA public FROM PUBLIC;
          CREATE ROLE app; CREATE ROLE raw_example_users;
          CREATE ROLE "alice@example.com" LOGIN IN ROLE raw_example_users;
          CREATE ROLE "bob@example.com" LOGIN IN ROLE raw_example_users;
          GRANT ALL ON DATABASE postgres TO app; SET ROLE app""");
      assumeTrue(database.version() >= 14, "string_to_table came with 14");
      database.run(
          "BEGIN; SET ROLE app; SELECT set_config('raw_example.people', E'alice@example.com\\nbob@example.com', true);"
              + Files.readString(Path.of("../playground/src/main/resources/raw_example.sql"))
              + """
              ; GRANT USAGE ON SCHEMA raw_example TO raw_example_users;
              GRANT SELECT, INSERT, UPDATE, DELETE ON raw_example.products TO raw_example_users;
              COMMIT; ANALYZE raw_example.products""");
      assertThat(database.examine("group:raw_example_users").findings()).isEmpty();
    }
  }

  private static final Pattern SQL =
      Pattern.compile("^```sql[^\\n]*\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  /** Each piece of SQL that makes a policy. */
  static List<String> documented() throws Exception {
    try (Stream<Path> pages = Files.list(Path.of("../docs"))) {
      return pages
          .filter(page -> page.toString().endsWith(".md"))
          .flatMap(page -> SQL.matcher(read(page)).results().map(result -> result.group(1)))
          .filter(sql -> sql.contains("CREATE POLICY") && sql.contains("CREATE TABLE"))
          .toList();
    }
  }

  private static String read(Path page) {
    try {
      return Files.readString(page);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("documented")
  void what_the_documentation_tells_people_to_write_has_no_finding(String sql) throws Exception {
    try (TestServer.Database database = TestServer.get().empty()) {
      database.run(
          """
          REVOKE CREATE ON SCHEMA public FROM PUBLIC;
          CREATE ROLE app CREATEROLE; CREATE SCHEMA shop AUTHORIZATION app;
          GRANT CREATE, USAGE ON SCHEMA public TO app""");
      if (!sql.contains("CREATE ROLE order_users")) {
        database.run("CREATE ROLE order_users");
      }
      database.run("BEGIN; SET ROLE app;" + sql + ";COMMIT");
      database.run("CREATE ROLE \"alice@example.com\" LOGIN IN ROLE order_users");
      assertThat(database.examine("group:order_users").findings()).isEmpty();
    }
  }
}
