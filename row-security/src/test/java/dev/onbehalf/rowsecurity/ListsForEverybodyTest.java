package dev.onbehalf.rowsecurity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table without policies that people may only read: a list, or somebody's rows. */
final class ListsForEverybodyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE shop.countries (code text PRIMARY KEY, name text)",
        "CREATE TABLE shop.countries (code text PRIMARY KEY, name text);"
            + "ALTER TABLE shop.orders ADD country text REFERENCES shop.countries",
        "CREATE TABLE shop.countries (code text PRIMARY KEY, name text);"
            + "ALTER TABLE shop.orders ADD country text;"
            + "CREATE POLICY open ON shop.orders FOR SELECT USING"
            + " (country IN (SELECT code FROM shop.countries WHERE name <> '')"
            + " AND owner = current_user)"
      })
  void what_is_nobodys_is_a_note(String sql) throws Exception {
    try (TestServer.Database database = TestServer.get().database().run(sql)) {
      database.run("GRANT SELECT ON shop.countries TO PUBLIC");
      assertThat(database.examine("group:order_users").findings())
          .extracting(Finding::id, Finding::severity)
          .containsExactly(tuple("table-without-rls", Severity.NOTE));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE shop.list (what text, owner text)",
        "CREATE TABLE shop.list (what text, added_by text)",
        "CREATE TABLE shop.list (what text, who text DEFAULT current_user)",
        "CREATE TABLE shop.list (what text, salary int)",
        "CREATE TABLE shop.list (what text, of bigint REFERENCES shop.orders)",
        "CREATE TABLE shop.closed (id int PRIMARY KEY);"
            + "CREATE TABLE shop.list (what text, of int REFERENCES shop.closed)",
        "CREATE TABLE shop.list (name text PRIMARY KEY);"
            + "INSERT INTO shop.list SELECT owner FROM shop.orders;"
            + "ALTER TABLE shop.orders ADD FOREIGN KEY (owner) REFERENCES shop.list",
        "CREATE TABLE shop.list (what text);"
            + "INSERT INTO shop.list SELECT 'bob@example.com' FROM generate_series(1, 9);"
            + "ANALYZE shop.list",
        "CREATE TABLE shop.list (what text); GRANT INSERT ON shop.list TO order_users",
        "CREATE TABLE shop.list (what text); CREATE TABLE shop.lower (whose text) INHERITS (shop.list);"
            + "ALTER TABLE shop.lower ENABLE ROW LEVEL SECURITY;"
            + "CREATE POLICY own ON shop.lower USING (whose = current_user)"
      })
  void what_hints_at_people_is_an_error(String sql) throws Exception {
    try (TestServer.Database database = TestServer.get().database().run(sql)) {
      database.run("GRANT SELECT ON shop.list TO PUBLIC");
      assertThat(database.examine("group:order_users").findings())
          .filteredOn(finding -> finding.id().equals("table-without-rls"))
          .extracting(Finding::severity)
          .containsExactly(Severity.ERROR);
    }
  }
}
