package dev.onbehalf.playground;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code raw_example.products}.
 *
 * @param createdBy the role that it belongs to, null when it is everybody's
 */
record Product(
    UUID id,
    String name,
    @Nullable String category,
    BigDecimal price,
    int stock,
    @JsonProperty("created_by") @Nullable String createdBy,
    @JsonProperty("created_at") Instant createdAt) {

  /** The product in the row that {@code row} stands on. */
  static Product of(ResultSet row) throws SQLException {
    return new Product(
        row.getObject("id", UUID.class),
        row.getString("name"),
        row.getString("category"),
        row.getBigDecimal("price"),
        row.getInt("stock"),
        row.getString("created_by"),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }
}
