package dev.onbehalf.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.spring.WithoutSecurity;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** jOOQ. */
class JooqTest extends Sample {
  JooqTest() {
    super(Application.class);
  }

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  @Import(ItemsController.class)
  static class Application {
    @Bean
    Items items(DSLContext jooq) {
      return new JooqItems(jooq);
    }
  }

  record JooqItems(DSLContext jooq) implements Items {
    private static final Table<?> ITEM = DSL.table(DSL.name("shop", "item"));
    private static final Field<String> NAME = DSL.field(DSL.name("name"), String.class);

    @Override
    public String user() {
      return jooq.select(DSL.currentUser()).fetchSingle().value1();
    }

    @Override
    public List<String> names() {
      return jooq.select(NAME).from(ITEM).orderBy(NAME).fetch(NAME);
    }

    @Override
    public void add(String name) {
      jooq.insertInto(ITEM, NAME).values(name).execute();
    }

    @Override
    public <T> T many(Function<Stream<String>, T> reader) {
      try (Stream<String> rows =
          jooq.resultQuery(MANY).fetchSize(FETCH_SIZE).fetchStreamInto(String.class)) {
        return reader.apply(rows);
      }
    }
  }

  @Test
  void itsDialectIsPostgresWithoutAConnection() {
    assertThat(application.bean(DSLContext.class).dialect()).isEqualTo(SQLDialect.POSTGRES);
  }
}
