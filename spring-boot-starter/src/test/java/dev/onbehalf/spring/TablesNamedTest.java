package dev.onbehalf.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TablesNamedTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT * FROM shop.item WHERE name = 'from other' | shop.item",
        "select i.* from \"Item\" i join shop . tag t on t.id = i.id | \"Item\";shop . tag",
        "SELECT 1 FROM a, b AS c, s.d e WHERE a.x = 1 | a;b;s.d",
        "INSERT INTO item (name) VALUES (?) | item",
        "UPDATE ONLY item SET name = ? | item",
        "DELETE FROM item USING tag WHERE true | item;tag",
        "MERGE INTO item i USING tag t ON true WHEN MATCHED THEN DO NOTHING | item;tag",
        "SELECT * FROM generate_series(1, 3) | ''",
        "SELECT * FROM (SELECT 1 FROM inner_one) x -- FROM comment | inner_one",
        "SELECT extract(day FROM now()) | ''",
        "SELECT $$ FROM quoted $$ /* FROM comment */ | ''",
      })
  void theyAreFoundWhereTheyStand(String sql, String tables) {
    assertThat(TablesNamed.in(sql))
        .containsExactlyElementsOf(tables.isEmpty() ? List.of() : List.of(tables.split(";", -1)));
  }
}
