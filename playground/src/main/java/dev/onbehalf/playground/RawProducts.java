package dev.onbehalf.playground;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * The products that one role sees, with nothing but JDBC. No query here names a user: whose
 * connection it is decides.
 *
 * <p>This is all that an application has to write. Copy it.
 */
final class RawProducts {
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

  private final DataSource dataSource;

  RawProducts(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** All that the role sees, and whom the database took it for, in one transaction. */
  View view() throws SQLException {
    return view(SELECT);
  }

  /** The same through another query for the same columns. */
  View view(String select) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      View view = new View(products(statement, select), databaseUser(statement));
      connection.commit();
      return view;
    }
  }

  /** Adds a product of the connection's user: {@code created_by} defaults to current_user. */
  Product add(NewProduct product) throws SQLException {
    return insert(INSERT, product);
  }

  /** Adds a product without owner, which everybody sees. Row-Level Security keeps users from it. */
  Product addShared(NewProduct product) throws SQLException {
    return insert(INSERT_SHARED, product);
  }

  private static List<Product> products(Statement statement, String select) throws SQLException {
    List<Product> products = new ArrayList<>();
    try (ResultSet row = statement.executeQuery(select)) {
      while (row.next()) {
        products.add(Product.of(row));
      }
    }
    return products;
  }

  private static DatabaseUser databaseUser(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(DatabaseUser.SELECT)) {
      row.next();
      return DatabaseUser.of(row);
    }
  }

  private Product insert(String sql, NewProduct product) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement insert = connection.prepareStatement(sql)) {
      insert.setString(1, product.name());
      insert.setString(2, product.category());
      insert.setBigDecimal(3, product.price());
      insert.setInt(4, product.stock());
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return Product.of(row);
      }
    }
  }

  /** The rows that a role was shown. */
  record View(List<Product> products, DatabaseUser databaseUser) {}
}
