package dev.onbehalf.playground;

import java.util.List;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

/** Repositories are written as ever. */
interface JpaProductRepository extends JpaRepository<JpaProduct, UUID> {
  String NEWEST_FIRST = "SELECT p FROM JpaProduct p ORDER BY p.createdAt DESC, p.id";

  @Query(NEWEST_FIRST)
  List<JpaProduct> newestFirst();
}
