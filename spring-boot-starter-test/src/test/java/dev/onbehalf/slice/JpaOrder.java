package dev.onbehalf.slice;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

@Entity
@Table(name = "orders")
class JpaOrder {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  long id;

  String item;

  JpaOrder() {
    this("");
  }

  JpaOrder(String item) {
    this.item = item;
  }
}
