package dev.onbehalf.rowsecurity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of rows whose owner has no role. */
final class FormerPeopleTest {
  @Test
  void no_address_of_a_row_is_in_the_report() throws Exception {
    try (TestServer.Database database = TestServer.get().database()) {
      database.run(
          """
          INSERT INTO shop.orders (item, owner) SELECT 'more', 'carol@example.com' FROM generate_series(1, 20);
          ANALYZE shop.orders""");
      List<Finding> found = found(database);
      assertThat(found).hasSize(1);
      assertThat(found.get(0).toString()).doesNotContain("carol");
    }
  }

  @Test
  void what_no_address_can_be_is_nobodys() throws Exception {
    try (TestServer.Database database = TestServer.get().database()) {
      database.run(
          """
          INSERT INTO shop.orders (item, owner) SELECT 'more', v FROM generate_series(1, 20),
            unnest(ARRAY['@everybody', 'team@', 'nobody', 'me @ home', 'a@b', 'former: carol@example.com',
              'bob@example.com, carol@example.com', repeat('x', 60) || '@example.com']) v;
          ANALYZE shop.orders""");
      assertThat(found(database)).isEmpty();
    }
  }

  private static List<Finding> found(TestServer.Database database) throws Exception {
    return database.examine(TestServer.ALICE).findings().stream()
        .filter(finding -> finding.id().equals("rows-of-former-people"))
        .toList();
  }
}
