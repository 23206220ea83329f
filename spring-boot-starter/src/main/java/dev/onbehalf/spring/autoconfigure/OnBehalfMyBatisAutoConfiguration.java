package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.OnBehalf;
import java.util.Optional;
import javax.sql.DataSource;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.SqlSessionFactory;
import org.mybatis.spring.SqlSessionTemplate;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * A mapper's cache ({@code <cache/>}) is everybody's: it would give one person what another has
 * read. So MyBatis's second-level caches are off, unless {@code
 * mybatis.configuration.cache-enabled} is set.
 */
@AutoConfiguration(after = OnBehalfAutoConfiguration.class)
@ConditionalOnClass({SqlSessionFactory.class, SqlSessionTemplate.class})
public class OnBehalfMyBatisAutoConfiguration {
  @Bean
  @ConditionalOnBooleanProperty(
      name = "mybatis.configuration.cache-enabled",
      havingValue = false,
      matchIfMissing = true)
  static BeanPostProcessor onBehalfMyBatisCaches(ObjectProvider<OnBehalf> onBehalf) {
    return new BeanPostProcessor() {
      @Override
      public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof SqlSessionFactory factory
            && dataSource(factory)
                .flatMap(it -> RoutedDataSource.whose(it, onBehalf))
                .isPresent()) {
          factory.getConfiguration().setCacheEnabled(false);
        }
        return bean;
      }
    };
  }

  @Bean
  QueryPath<SqlSessionFactory> onBehalfSqlSessionFactoryPath() {
    return QueryPath.of(
        SqlSessionFactory.class, "sqlSessionFactory", OnBehalfMyBatisAutoConfiguration::dataSource);
  }

  @Bean
  QueryPath<SqlSessionTemplate> onBehalfSqlSessionPath() {
    return QueryPath.of(
        SqlSessionTemplate.class,
        "sqlSessionTemplate",
        template -> dataSource(template.getSqlSessionFactory()));
  }

  private static Optional<DataSource> dataSource(SqlSessionFactory factory) {
    return Optional.ofNullable(factory.getConfiguration().getEnvironment())
        .map(Environment::getDataSource);
  }
}
