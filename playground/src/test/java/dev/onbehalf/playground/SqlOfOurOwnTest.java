package dev.onbehalf.playground;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * All SQL that the project sends, prints or shows, in every module: no name in it is looked up in
 * the search path, into which people put what they like (CVE-2018-1058). Write {@code
 * pg_catalog.count(*)}, {@code rolname OPERATOR(pg_catalog.=) ?}, {@code ::pg_catalog.text}, or
 * begin a script with {@code SET LOCAL search_path = pg_catalog, pg_temp}.
 */
class SqlOfOurOwnTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern FENCED = Pattern.compile("(?s)```(sql|java)\\n(.*?)```");
  private static final Pattern JAVA_STRING = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** What is exempt, and why. */
  private static final Map<String, String> EXEMPT =
      Map.of(
          "benchmarks/src/main/java", "a server of their own, to which nobody else logs in",
          "identity/src/main/java/dev/onbehalf/identity/FleetLink.java",
              "asked on a link whose search_path is pg_catalog, pg_temp (FleetSignOutTest)",
          "identity/src/main/java/dev/onbehalf/identity/FleetSchema.java", "the same",
          "row-security/src/main/java/dev/onbehalf/rowsecurity/explain",
              "asked in a Session, whose search_path is pg_catalog, pg_temp (WhoMayAskTest)",
          "row-security/src/main/java/dev/onbehalf/rowsecurity/internal/catalog",
              "asked in a ReadOnly transaction, whose search_path is the same (ExamineTest)",
          "row-security/src/main/java/dev/onbehalf/rowsecurity/rules/FormerPerson.java",
              "the same: its questions",
          "row-security/src/main/java/dev/onbehalf/rowsecurity/rules/LargeObjectGranted.java",
              "the same: its questions",
          "playground/src/main/java/dev/onbehalf/playground/JpaProductRepository.java",
              "JPQL: its names are Java's");

  private static boolean isExempt(Path file) {
    return EXEMPT.keySet().stream().anyMatch(ROOT.relativize(file).toString()::startsWith);
  }

  private static List<Path> files(String place, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> !file.toString().contains("/target/") && !isExempt(file))
          .filter(file -> file.toString().contains(place) && file.toString().endsWith(ending))
          .sorted()
          .toList();
    }
  }

  private static List<String> shownIn(String markdown) {
    List<String> sql = new ArrayList<>();
    Matcher block = FENCED.matcher(markdown);
    while (block.find()) {
      if (block.group(1).equals("sql")) {
        sql.add(block.group(2));
      } else {
        JAVA_STRING
            .matcher(block.group(2))
            .results()
            .map(it -> it.group(1))
            .filter(SqlNames::isSql)
            .forEach(sql::add);
      }
    }
    return sql;
  }

  /** All SQL, by the file in which it stands. */
  private static Map<Path, List<String>> all() throws IOException {
    Map<Path, List<String>> sql = new TreeMap<>();
    JavaStrings.of(files("/src/main/java/", ".java"))
        .forEach(
            (file, strings) -> sql.put(file, strings.stream().filter(SqlNames::isSql).toList()));
    for (Path file : files("/src/main/resources/", ".sql")) {
      sql.put(file, List.of(Files.readString(file)));
    }
    for (Path file : files("", ".md")) {
      sql.put(file, shownIn(Files.readString(file)));
    }
    sql.values().removeIf(List::isEmpty);
    return sql;
  }

  @Test
  void noNameIsLookedUpInTheSearchPath() throws IOException {
    Map<Path, List<String>> all = all();
    List<String> wrong = new ArrayList<>();
    all.forEach(
        (file, statements) ->
            statements.forEach(
                sql ->
                    SqlNames.unqualified(sql)
                        .forEach(
                            name ->
                                wrong.add(ROOT.relativize(file) + ": " + name + " in: " + sql))));
    assertThat(wrong).isEmpty();
    assertThat(all.keySet())
        .as("it looks where there is SQL")
        .extracting(file -> file.getFileName().toString())
        .contains(
            "SessionCheck.java",
            "HeldRoles.java",
            "RolesAbove.java",
            "RoleCatalog.java",
            "RoleSetup.java",
            "SetUpTransaction.java",
            "DatabaseSetup.java",
            "RawProducts.java",
            "HealthController.java",
            "raw_example.sql",
            "databricks_auth--1.0.sql",
            "README.md",
            "jpa.md");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT count(*) FROM pg_roles WHERE rolname = ?",
        "SELECT pg_catalog.count(*) FROM pg_roles",
        "SELECT pg_catalog.count(*) FROM pg_catalog.pg_roles WHERE rolname = ?",
        "FROM pg_catalog.pg_roles WHERE rolname ~ ?",
        "select current_setting('search_path')",
        "select set_config('search_path', ?, false)",
        "SELECT pg_advisory_xact_lock(1)",
        "SELECT 'PostgreSQL ' || pg_catalog.current_setting('server_version')",
        "SELECT 1 FROM pg_catalog.pg_class WHERE oid IN (1, 2)",
        "SELECT 1 FROM shop.orders WHERE item LIKE 'a%'",
        "SELECT 1 FROM shop.orders WHERE n BETWEEN 1 AND 2",
        "SELECT NULLIF(n, 1) FROM shop.orders",
        "SELECT CASE n WHEN 1 THEN 2 END FROM shop.orders",
        "SELECT 1 FROM shop.orders WHERE a IS DISTINCT FROM b",
        "SELECT 1 FROM shop.orders JOIN shop.items USING (id)",
        "SELECT 1 FROM shop.orders o, items i",
        "SELECT item::text FROM shop.orders",
        "SELECT count(*) FROM shop.orders; SET LOCAL search_path = pg_catalog, pg_temp;",
        "SET LOCAL search_path = pg_catalog, public; SELECT count(*) FROM shop.orders",
        "SELECT CAST(item AS text) FROM shop.orders",
        "SELECT item OPERATOR(public.=) 'x' FROM shop.orders",
        "INSERT INTO orders (item) VALUES (?)",
        "UPDATE shop.orders SET item = ? WHERE id = ?",
        "DELETE FROM orders",
        "GRANT SELECT ON orders TO readers",
        "SELECT databricks_create_role('alice@example.com', 'USER');",
        "DO $$ BEGIN PERFORM pg_notify('a', 'b'); END $$",
        "WITH a AS (SELECT id FROM b) SELECT id FROM a",
        "WITH a AS (SELECT id FROM shop.orders) SELECT a(id) FROM a",
        "when pg_has_role(session_user, '%s', 'MEMBER') then %s"
      })
  void whatIsLookedUpIsFound(String sql) {
    assertThat(SqlNames.isSql(sql)).isTrue();
    assertThat(SqlNames.unqualified(sql)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT current_user, session_user",
        "SELECT * FROM shop.orders ORDER BY created_at DESC, id",
        "INSERT INTO shop.orders (item, n) VALUES (?, NULL) RETURNING id",
        "UPDATE shop.orders SET item = ? WHERE id OPERATOR(pg_catalog.=) ?",
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.~) ?)",
        "WITH RECURSIVE a(id) AS (SELECT id FROM shop.orders UNION SELECT id FROM a) SELECT id FROM a",
        "GRANT \"readers\" TO \"alice@example.com\";",
        "REVOKE \"readers\" FROM \"alice@example.com\";",
        "SET LOCAL search_path = pg_catalog, pg_temp; SELECT count(*) FROM shop.orders WHERE n = 1",
        "CREATE FUNCTION f() RETURNS int SET search_path = pg_catalog, pg_temp AS $$ SELECT now() $$"
      })
  void whatIsQualifiedPasses(String sql) {
    assertThat(SqlNames.unqualified(sql)).isEmpty();
  }
}
