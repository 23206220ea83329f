package dev.onbehalf.playground;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The products that one role sees. No query here names a user: whose connection it is decides.
 *
 * <p>This is all that an application has to write. Copy it.
 */
final class Products {
  static final String SELECT =
      "SELECT id, name, category, price, stock, created_by, created_at FROM raw_example.products"
          + " ORDER BY created_at DESC, id";
  private static final String INSERT =
      "INSERT INTO raw_example.products (name, category, price, stock) VALUES (?, ?, ?, ?)"
          + " RETURNING id, name, category, price, stock, created_by, created_at";
  private static final String INSERT_SHARED =
      "INSERT INTO raw_example.products (name, category, price, stock, created_by)"
          + " VALUES (?, ?, ?, ?, NULL)"
          + " RETURNING id, name, category, price, stock, created_by, created_at";
  private static final String WHO = "SELECT current_user, session_user";

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  Products(DataSource dataSource) {
    this.jdbc = JdbcClient.create(dataSource);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
    transaction.setReadOnly(true);
  }

  /** All that the role sees, and whom the database took it for, in one transaction. */
  View view() {
    return transaction.execute(
        status -> new View(jdbc.sql(SELECT).query(Products::product).list(), databaseUser()));
  }

  /** Adds a product of the connection's user: {@code created_by} defaults to current_user. */
  Product add(NewProduct product) {
    return insert(INSERT, product);
  }

  /** Adds a product without owner, which everybody sees. Row-Level Security keeps users from it. */
  Product addShared(NewProduct product) {
    return insert(INSERT_SHARED, product);
  }

  private DatabaseUser databaseUser() {
    return jdbc.sql(WHO)
        .query((row, number) -> new DatabaseUser(row.getString(1), row.getString(2)))
        .single();
  }

  private Product insert(String sql, NewProduct product) {
    return jdbc.sql(sql)
        .param(product.name())
        .param(product.category())
        .param(product.price())
        .param(product.stock())
        .query(Products::product)
        .single();
  }

  private static Product product(ResultSet row, int number) throws SQLException {
    return new Product(
        row.getObject("id", UUID.class),
        row.getString("name"),
        row.getString("category"),
        row.getBigDecimal("price"),
        row.getInt("stock"),
        row.getString("created_by"),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }

  /** The rows that a role was shown. */
  record View(List<Product> products, DatabaseUser databaseUser) {}

  /** What {@code current_user} and {@code session_user} were. */
  record DatabaseUser(String currentUser, String sessionUser) {}
}
