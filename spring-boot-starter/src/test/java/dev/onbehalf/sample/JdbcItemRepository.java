package dev.onbehalf.sample;

import java.util.List;
import java.util.stream.Stream;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.CrudRepository;

interface JdbcItemRepository extends CrudRepository<JdbcItem, Long> {
  List<JdbcItem> findAllByOrderByName();

  @Query(Items.CURRENT_USER)
  String currentUser();

  @Query(Items.MANY)
  Stream<String> many();
}
