package dev.onbehalf.sample;

import dev.onbehalf.spring.WithoutSecurity;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

/** Spring's {@code JdbcTemplate}. */
class JdbcTemplateTest extends Sample {
  JdbcTemplateTest() {
    super(Application.class);
  }

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  @Import(ItemsController.class)
  static class Application {
    @Bean
    Items items(JdbcTemplate jdbc) {
      jdbc.setFetchSize(Items.FETCH_SIZE);
      return new JdbcTemplateItems(jdbc);
    }
  }

  record JdbcTemplateItems(JdbcTemplate jdbc) implements Items {
    @Override
    public String user() {
      return jdbc.queryForList(CURRENT_USER, String.class).get(0);
    }

    @Override
    public List<String> names() {
      return jdbc.queryForList(NAMES, String.class);
    }

    @Override
    public void add(String name) {
      jdbc.update(ADD, name);
    }

    @Override
    public <T> T many(Function<Stream<String>, T> reader) {
      try (Stream<String> rows = jdbc.queryForStream(MANY, (row, number) -> row.getString(1))) {
        return reader.apply(rows);
      }
    }
  }
}
