package dev.onbehalf.sample;

import dev.onbehalf.spring.WithoutSecurity;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Spring's {@code JdbcClient}. */
class JdbcClientTest extends Sample {
  JdbcClientTest() {
    super(Application.class);
  }

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  @Import(ItemsController.class)
  static class Application {
    @Bean
    Items items(JdbcClient jdbc) {
      return new JdbcClientItems(jdbc);
    }
  }

  record JdbcClientItems(JdbcClient jdbc) implements Items {
    @Override
    public String user() {
      return jdbc.sql(CURRENT_USER).query(String.class).single();
    }

    @Override
    public List<String> names() {
      return jdbc.sql(NAMES).query(String.class).list();
    }

    @Override
    public void add(String name) {
      jdbc.sql(ADD).param(name).update();
    }

    @Override
    public <T> T many(Function<Stream<String>, T> reader) {
      try (Stream<String> rows =
          jdbc.sql(MANY).withFetchSize(FETCH_SIZE).query(String.class).stream()) {
        return reader.apply(rows);
      }
    }
  }
}
