package dev.onbehalf.sample;

import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;

interface JpaItemRepository extends JpaRepository<JpaItem, Long> {
  List<JpaItem> findAllByOrderByName();
}
