package dev.onbehalf.rowsecurity;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Ours beside splinter's over the same schemas; run by {@code row-security/compare}, never by a
 * build.
 *
 * <p>Splinter knows the two roles of its platform, so people are made members of them. It is taken
 * to have found a leak if it says anything that it did not say of {@code shop.sql}, whatever that
 * is, but for those of its lints that are about neither rights nor policies.
 */
final class CompareWithSplinter {
  private static final Set<String> OF_OTHER_THINGS =
      Set.of(
          "unindexed_foreign_keys",
          "no_primary_key",
          "unused_index",
          "duplicate_index",
          "table_bloat",
          "extension_in_public",
          "extension_versions_outdated",
          "unsupported_reg_types");

  private static final String ROLES =
      """
      DO $$ BEGIN
        CREATE ROLE anon; CREATE ROLE authenticated;
        GRANT order_users TO authenticated;
      END $$;
      """;

  private final String splinter;

  CompareWithSplinter() throws Exception {
    splinter =
        Files.readString(
            Path.of(Objects.requireNonNull(System.getProperty("splinter"), "-Dsplinter=<file>")));
  }

  @Test
  void writes_the_table() throws Exception {
    Set<String> always;
    try (TestServer.Database database = TestServer.get().database().run(ROLES)) {
      always = splinter(database).keySet();
    }
    StringBuilder text = new StringBuilder("| leak | Onbehalf | splinter |\n| --- | --- | --- |\n");
    int[] found = new int[3];
    for (Leak leak : Leak.all("leaks").toList()) {
      try (TestServer.Database database = TestServer.get().database()) {
        if (!leak.isFor(database.version())) {
          continue;
        }
        database.run(ROLES).run(leak.setup());
        boolean isOurs =
            database.examine(leak.people().toArray(String[]::new)).findings().stream()
                .anyMatch(f -> f.id().equals(leak.id()) && f.object().equals(leak.object()));
        Set<String> theirs = said(database, always);
        found[0]++;
        found[1] += isOurs ? 1 : 0;
        found[2] += theirs.isEmpty() ? 0 : 1;
        text.append("| %s | %s | %s |\n".formatted(leak, isOurs ? leak.id() : "-", words(theirs)));
      }
    }
    text.append(
        "| **found of %s** | **%s** | **%s** |\n\n".formatted(found[0], found[1], found[2]));
    text.append("| correct schema | Onbehalf | splinter |\n| --- | --- | --- |\n");
    int[] alarms = new int[3];
    for (Leak schema : Leak.all("correct").toList()) {
      try (TestServer.Database database = TestServer.get().database()) {
        if (!schema.isFor(database.version())) {
          continue;
        }
        database.run(ROLES).run(schema.setup());
        Set<String> ours =
            database.examine(schema.people().toArray(String[]::new)).findings().stream()
                .map(Finding::id)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> theirs = said(database, always);
        alarms[0]++;
        alarms[1] += ours.isEmpty() ? 0 : 1;
        alarms[2] += theirs.isEmpty() ? 0 : 1;
        text.append("| %s | %s | %s |\n".formatted(schema, words(ours), words(theirs)));
      }
    }
    text.append(
        "| **false alarms in %s** | **%s** | **%s** |\n"
            .formatted(alarms[0], alarms[1], alarms[2]));
    Files.writeString(Path.of("target/compare.md"), text);
  }

  private static String words(Set<String> ids) {
    return ids.isEmpty() ? "-" : String.join(", ", ids);
  }

  private Set<String> said(TestServer.Database database, Set<String> always) throws SQLException {
    Set<String> names = new TreeSet<>();
    splinter(database)
        .forEach(
            (key, name) -> {
              if (!always.contains(key)) {
                names.add(name);
              }
            });
    return names;
  }

  /** The lints' names by their key. */
  private Map<String, String> splinter(TestServer.Database database) throws SQLException {
    Map<String, String> lints = new LinkedHashMap<>();
    try (Connection connection = database.as("postgres");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.setEscapeProcessing(false);
      statement.execute("SET LOCAL pgrst.db_schemas = 'public, shop'");
      boolean isRows = statement.execute(splinter);
      while (isRows || statement.getUpdateCount() != -1) {
        if (isRows) {
          try (ResultSet rows = statement.getResultSet()) {
            while (rows.next()) {
              String name = rows.getString("name");
              if (!OF_OTHER_THINGS.contains(name)) {
                lints.put(rows.getString("cache_key"), name);
              }
            }
          }
        }
        isRows = statement.getMoreResults();
      }
      connection.rollback();
    }
    return lints;
  }
}
