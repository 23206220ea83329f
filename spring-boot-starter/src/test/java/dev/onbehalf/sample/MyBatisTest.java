package dev.onbehalf.sample;

import dev.onbehalf.spring.WithoutSecurity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.ibatis.cursor.Cursor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** MyBatis. */
class MyBatisTest extends Sample {
  MyBatisTest() {
    super(Application.class);
  }

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  @Import(ItemsController.class)
  static class Application {
    @Bean
    Items items(ItemMapper mapper) {
      return new MyBatisItems(mapper);
    }
  }

  record MyBatisItems(ItemMapper mapper) implements Items {
    @Override
    public String user() {
      return mapper.currentUser();
    }

    @Override
    public List<String> names() {
      return mapper.names();
    }

    @Override
    public void add(String name) {
      mapper.add(name);
    }

    @Override
    public <T> T many(Function<Stream<String>, T> reader) {
      try (Cursor<String> rows = mapper.many()) {
        return reader.apply(StreamSupport.stream(rows.spliterator(), false));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
