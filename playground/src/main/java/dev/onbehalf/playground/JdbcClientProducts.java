package dev.onbehalf.playground;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The products of the person behind the request, through Spring's {@link JdbcClient}. Copy it. */
@Repository("jdbc-client")
class JdbcClientProducts implements OwnProducts {
  private static final String SELECT =
      "SELECT id, name, category, price, stock, created_by, created_at FROM raw_example.products"
          + " ORDER BY created_at DESC, id";
  private static final String INSERT =
      "INSERT INTO raw_example.products (name, category, price, stock)"
          + " VALUES (:name, :category, :price, :stock)"
          + " RETURNING id, name, category, price, stock, created_by, created_at";

  private final JdbcClient jdbc;

  JdbcClientProducts(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public List<Product> all() {
    return jdbc.sql(SELECT).query((row, number) -> Product.of(row)).list();
  }

  @Override
  public Product add(NewProduct product) {
    return jdbc.sql(INSERT).paramSource(product).query((row, number) -> Product.of(row)).single();
  }

  @Override
  public String query() {
    return SELECT;
  }
}
