package dev.onbehalf.sample;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** Its table is made by {@code ddl-auto}, or not at all. */
@Entity
@Table(name = "draft")
class JpaDraft {
  @Id @Nullable Long id;
}
