package dev.onbehalf.sample;

import dev.onbehalf.spring.WithoutSecurity;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Spring Data JDBC. */
class DataJdbcTest extends Sample {
  DataJdbcTest() {
    super(Application.class);
  }

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  @Import(ItemsController.class)
  static class Application {
    @Bean
    Items items(JdbcItemRepository repository) {
      return new DataJdbcItems(repository);
    }
  }

  record DataJdbcItems(JdbcItemRepository repository) implements Items {
    @Override
    public String user() {
      return repository.currentUser();
    }

    @Override
    public List<String> names() {
      return repository.findAllByOrderByName().stream().map(JdbcItem::name).toList();
    }

    @Override
    public void add(String name) {
      repository.save(new JdbcItem(null, name));
    }

    @Override
    public <T> T many(Function<Stream<String>, T> reader) {
      try (Stream<String> rows = repository.many()) {
        return reader.apply(rows);
      }
    }
  }
}
