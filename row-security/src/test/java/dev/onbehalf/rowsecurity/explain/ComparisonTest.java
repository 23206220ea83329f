package dev.onbehalf.rowsecurity.explain;

import static dev.onbehalf.rowsecurity.explain.Shop.ALICE;
import static dev.onbehalf.rowsecurity.explain.Shop.BOB;
import static dev.onbehalf.rowsecurity.explain.Shop.ORDERS;
import static dev.onbehalf.rowsecurity.explain.Shop.administrator;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.rowsecurity.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private final TestServer.Database server = TestServer.get().asItIs();

  @BeforeEach
  void open() throws SQLException {
    Shop.open();
  }

  private static Comparison compare() throws SQLException {
    return administrator().compare(ALICE, BOB, List.of(ORDERS));
  }

  @Test
  void rowsAndTheirPoliciesAreCountedForBoth() throws SQLException {
    server.run(
        """
        INSERT INTO shop.orders SELECT i, 'alice@example.com', 'new', i
          FROM generate_series(100, 1700) i;
        CREATE POLICY of_the_team ON shop.orders FOR SELECT TO team USING (status = 'paid')\
        """);
    Comparison compared = compare();
    assertThat(compared.text())
        .isEqualTo(
            """
            shop.orders has 1604 rows: alice@example.com sees 1602 rows, bob@example.com sees 2 rows
              permissive policy "of_the_team" says status = 'paid'::text: true of none (it does not apply) for alice@example.com, and of 1 row for bob@example.com
              permissive policy "own_orders" says created_by = current_user: true of 1602 rows for alice@example.com, and of 1 row for bob@example.com
            """);
    assertThat(compared.json()).contains("\"rows\": 1602");
  }

  @Test
  void aGrantThatOneLacksIsTheDifference() throws SQLException {
    server.run("REVOKE team FROM \"bob@example.com\"");
    Comparison.Table table = compare().tables().get(0);
    assertThat(table.second().rows()).isNull();
    assertThat(table.differences())
        .anySatisfy(
            difference ->
                assertThat(difference)
                    .startsWith("bob@example.com: SELECT on shop.orders")
                    .contains("GRANT SELECT ON \"shop\".\"orders\""));
  }

  @Test
  void beingAboveThePoliciesIsTheDifference() throws SQLException {
    server.run("ALTER TABLE shop.orders OWNER TO \"alice@example.com\"");
    Comparison.Table table = compare().tables().get(0);
    assertThat(table.first().rows()).isEqualTo(3);
    assertThat(table.second().rows()).isEqualTo(1);
    assertThat(table.differences()).anyMatch(difference -> difference.contains("owner's rights"));
  }
}
