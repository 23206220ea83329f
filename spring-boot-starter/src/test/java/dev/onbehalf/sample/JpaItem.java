package dev.onbehalf.sample;

import jakarta.persistence.Cacheable;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Entity
@Cacheable
@Table(schema = "shop", name = "item")
class JpaItem {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  @Nullable Long id;

  String name;

  @OneToMany(mappedBy = "item")
  List<JpaTag> tags = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // Hibernate's
  protected JpaItem() {}

  JpaItem(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }
}
