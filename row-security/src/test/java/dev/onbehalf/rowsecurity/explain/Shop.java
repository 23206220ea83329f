package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.TestServer;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A schema with orders that their makers see, for tests to change. */
final class Shop {
  static final String ALICE = "alice@example.com";
  static final String BOB = "bob@example.com";
  static final TableName ORDERS = TableName.parse("shop.orders");
  static final Map<String, String> OF_ALICE = Map.of("id", "42");
  static final Map<String, String> OF_BOB = Map.of("id", "43");
  static final Map<String, String> NONE = Map.of("id", "99");

  private static final String SQL =
      """
      DROP SCHEMA IF EXISTS shop CASCADE;
      DROP ROLE IF EXISTS order_users, team;
      CREATE ROLE order_users;
      CREATE ROLE team IN ROLE order_users;
      GRANT team TO "bob@example.com";
      GRANT order_users TO "alice@example.com";
      CREATE SCHEMA shop;
      CREATE TABLE shop.orders (id int PRIMARY KEY, created_by text DEFAULT current_user,
        status text CHECK (status <> 'impossible'), total int);
      INSERT INTO shop.orders VALUES (42, 'alice@example.com', 'new', 7),
        (43, 'bob@example.com', 'new', 8), (44, NULL, 'paid', 9);
      ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own_orders ON shop.orders USING (created_by = current_user);
      GRANT USAGE ON SCHEMA shop TO order_users;
      GRANT SELECT, INSERT, UPDATE, DELETE ON shop.orders TO order_users;
      """;

  private Shop() {}

  static void open() throws SQLException {
    TestServer.Database server = TestServer.get().asItIs();
    server.person(ALICE);
    server.person(BOB);
    server.run(SQL);
  }

  static RowExplainer administrator() {
    return RowExplainer.asking(TestServer.get().asItIs().dataSource());
  }

  static Explanation explain(String person, Command command, Map<String, String> key)
      throws SQLException {
    return administrator().explain(person, ORDERS, key, command);
  }

  static Map<String, @Nullable String> values(@Nullable String... columnsAndValues) {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    for (int i = 0; i < columnsAndValues.length; i += 2) {
      values.put(String.valueOf(columnsAndValues[i]), columnsAndValues[i + 1]);
    }
    return values;
  }
}
