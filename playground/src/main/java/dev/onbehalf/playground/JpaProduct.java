package dev.onbehalf.playground;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Generated;
import org.jspecify.annotations.Nullable;

/** A row of {@code raw_example.products}; whose it is, and since when, the database says. */
@Entity
@Table(schema = "raw_example", name = "products")
@SuppressWarnings("NullAway.Init") // Hibernate's to set
class JpaProduct {
  @Id
  @GeneratedValue(strategy = GenerationType.UUID)
  private UUID id;

  private String name;
  private @Nullable String category;
  private BigDecimal price;
  private int stock;

  @Generated
  @Column(name = "created_by", insertable = false, updatable = false)
  private @Nullable String createdBy;

  @Generated
  @Column(name = "created_at", insertable = false, updatable = false)
  private Instant createdAt;

  protected JpaProduct() {}

  JpaProduct(NewProduct product) {
    name = product.name();
    category = product.category();
    price = product.price().setScale(2); // as the column keeps it
    stock = product.stock();
  }

  Product toProduct() {
    return new Product(id, name, category, price, stock, createdBy, createdAt);
  }
}
