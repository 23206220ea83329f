package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.OnBehalf;
import java.util.Optional;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DataSourceConnectionProvider;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.data.jdbc.autoconfigure.DataJdbcDatabaseDialect;
import org.springframework.boot.data.jdbc.autoconfigure.DataJdbcProperties;
import org.springframework.boot.jooq.autoconfigure.JooqProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * jOOQ and Spring Data JDBC would open a connection to ask for the dialect, when nobody is there
 * yet. Where the application has not set it, it is PostgreSQL's.
 */
@AutoConfiguration(after = OnBehalfAutoConfiguration.class)
public class OnBehalfSqlDialectAutoConfiguration {

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({SQLDialect.class, JooqProperties.class})
  static class Jooq {
    @Bean
    static BeanPostProcessor onBehalfJooqDialect(
        ObjectProvider<DataSource> dataSource, ObjectProvider<OnBehalf> onBehalf) {
      return RoutedDataSource.defaults(
          JooqProperties.class,
          dataSource,
          onBehalf,
          jooq -> {
            if (jooq.getSqlDialect() == null) {
              jooq.setSqlDialect(SQLDialect.POSTGRES);
            }
          });
    }

    @Bean
    QueryPath<DSLContext> onBehalfJooqPath() {
      return QueryPath.of(
          DSLContext.class,
          "dslContext",
          jooq ->
              jooq.configuration().connectionProvider() instanceof DataSourceConnectionProvider of
                  ? Optional.of(of.dataSource())
                  : Optional.empty());
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(DataJdbcProperties.class)
  static class DataJdbc {
    @Bean
    static BeanPostProcessor onBehalfDataJdbcDialect(
        ObjectProvider<DataSource> dataSource, ObjectProvider<OnBehalf> onBehalf) {
      return RoutedDataSource.defaults(
          DataJdbcProperties.class,
          dataSource,
          onBehalf,
          jdbc -> {
            if (jdbc.getDialect() == null) {
              jdbc.setDialect(DataJdbcDatabaseDialect.POSTGRESQL);
            }
          });
    }
  }
}
