package dev.onbehalf.rowsecurity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ways to write the same policy, at 1,000,000 rows; docs/row-security.md has the numbers. */
@Tag("long")
final class MillionRowsTest {
  private static final String FOR_EACH_ROW = "shop.is_member(team)";
  private static final String READ_ONCE =
      "team = ANY (ARRAY (SELECT m.team FROM shop.memberships m WHERE m.person = current_user))";
  private static final String OF_ANOTHER = "owner = current_user, index on (owner)";
  private static final String OF_ITS_COLLATION =
      "owner = current_user, index on (owner COLLATE \"C\")";

  private static final String SETUP =
      """
      CREATE TABLE shop.memberships (person text COLLATE "C", team int, PRIMARY KEY (person, team));
      ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
      CREATE TABLE shop.posts (id int PRIMARY KEY, team int NOT NULL, owner text NOT NULL, words text);
      ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
      CREATE POLICY team ON shop.posts USING (false);
      GRANT SELECT ON shop.memberships, shop.posts TO order_users;
      INSERT INTO shop.memberships SELECT 'alice@example.com', n FROM generate_series(1, 10) n;
      INSERT INTO shop.memberships SELECT 'person' || n, n % 1000 FROM generate_series(1, 10000) n;
      INSERT INTO shop.posts SELECT n, n % 1000 + 1,
        CASE WHEN n % 1000 = 7 THEN 'alice@example.com' ELSE 'person' || n % 1000 END, 'words ' || n
        FROM generate_series(1, 1000000) n;
      CREATE INDEX ON shop.posts (team);
      CREATE FUNCTION shop.is_member(wanted int) RETURNS boolean STABLE LANGUAGE plpgsql
        SET search_path = pg_catalog, pg_temp AS $$ BEGIN
        RETURN EXISTS (SELECT FROM shop.memberships m WHERE m.person = current_user AND m.team = wanted); END $$;
      ANALYZE shop.posts; ANALYZE shop.memberships""";

  @Test
  void the_membership_is_read_once_and_not_for_each_row() throws Exception {
    Map<String, Double> took = new LinkedHashMap<>();
    try (TestServer.Database database = TestServer.get().database().run(SETUP)) {
      for (String using :
          new String[] {
            FOR_EACH_ROW,
            "EXISTS (SELECT FROM shop.memberships m WHERE m.person = current_user AND m.team = posts.team)",
            "team IN (SELECT m.team FROM shop.memberships m WHERE m.person = current_user)",
            READ_ONCE
          }) {
        database.run("ALTER POLICY team ON shop.posts USING (" + using + ")");
        took.put(using, milliseconds(database, 10_000));
      }
      database.run("ALTER POLICY team ON shop.posts USING (owner = current_user)");
      took.put("owner = current_user, no index", milliseconds(database, 1_000));
      database.run("CREATE INDEX plain ON shop.posts (owner)");
      took.put(OF_ANOTHER, milliseconds(database, 1_000));
      database.run("CREATE INDEX ON shop.posts (owner COLLATE \"C\"); ANALYZE shop.posts");
      took.put(OF_ITS_COLLATION, milliseconds(database, 1_000));
    }
    took.forEach((using, ms) -> System.out.printf(Locale.ROOT, "| `%s` | %.1f ms |%n", using, ms));
    assertThat(took.get(READ_ONCE))
        .as("read once, beside a call for each row")
        .isLessThan(took.getOrDefault(FOR_EACH_ROW, 0.0) / 10);
    assertThat(took.get(OF_ITS_COLLATION))
        .as("an index that is used, beside one that is not")
        .isLessThan(took.getOrDefault(OF_ANOTHER, 0.0) / 5);
  }

  /** The best of three, as alice, who counts her rows. */
  private static double milliseconds(TestServer.Database database, int rows) throws Exception {
    assertThat(database.ask(TestServer.ALICE, "SELECT count(*) FROM shop.posts").get(0))
        .isEqualTo(Integer.toString(rows));
    double best = Double.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      for (String line :
          database.ask(
              TestServer.ALICE, "EXPLAIN (ANALYZE, TIMING OFF) SELECT count(*) FROM shop.posts")) {
        if (line.startsWith("Execution Time: ")) {
          best = Math.min(best, Double.parseDouble(line.replaceAll("[^0-9.]", "")));
        }
      }
    }
    return best;
  }
}
