package dev.onbehalf.sample;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

@Entity
@Table(schema = "shop", name = "tag")
class JpaTag {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  @Nullable Long id;

  String label;

  @ManyToOne(fetch = FetchType.LAZY)
  @JoinColumn(name = "item_id")
  JpaItem item;

  @SuppressWarnings("NullAway.Init") // Hibernate's
  protected JpaTag() {}

  String label() {
    return label;
  }
}
