package dev.onbehalf.playground;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.time.Instant;
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
    @JsonProperty("created_at") Instant createdAt) {}
