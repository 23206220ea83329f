package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.OnBehalf;
import javax.sql.DataSource;
import org.quartz.Scheduler;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.quartz.autoconfigure.QuartzAutoConfiguration;
import org.springframework.boot.quartz.autoconfigure.QuartzDataSource;
import org.springframework.boot.quartz.autoconfigure.QuartzProperties;
import org.springframework.boot.quartz.autoconfigure.QuartzTransactionManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Quartz keeps its jobs and triggers ({@code spring.quartz.job-store-type=jdbc}) as the service
 * principal, in PostgreSQL's dialect. A job runs on behalf of nobody, and says itself as whom.
 */
@AutoConfiguration(
    after = {OnBehalfAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class},
    afterName = OnBehalfQuartzAutoConfiguration.JPA,
    before = QuartzAutoConfiguration.class)
@ConditionalOnClass({Scheduler.class, QuartzDataSource.class})
@ConditionalOnBean(OnBehalf.class)
@ConditionalOnMissingQualifier(type = DataSource.class, qualifier = QuartzDataSource.class)
@Import(LibraryConnections.class)
public class OnBehalfQuartzAutoConfiguration {
  static final String JPA =
      "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration";

  private static final String DIALECT = "org.quartz.jobStore.driverDelegateClass";

  @Bean(defaultCandidate = false, destroyMethod = "")
  @QuartzDataSource
  DataSource onBehalfQuartzDataSource(LibraryConnections connections) {
    return connections.dataSource();
  }

  @Bean(defaultCandidate = false)
  @QuartzTransactionManager
  @ConditionalOnMissingQualifier(
      type = PlatformTransactionManager.class,
      qualifier = QuartzTransactionManager.class)
  PlatformTransactionManager onBehalfQuartzTransactionManager(LibraryConnections connections) {
    return connections.transactionManager();
  }

  /** Quartz's own dialect can't read what PostgreSQL keeps of a job. */
  @Bean
  @ConditionalOnProperty(name = "spring.quartz.job-store-type", havingValue = "jdbc")
  static BeanPostProcessor onBehalfQuartzDialect(
      ObjectProvider<DataSource> dataSource, ObjectProvider<OnBehalf> onBehalf) {
    return RoutedDataSource.defaults(
        QuartzProperties.class,
        dataSource,
        onBehalf,
        quartz -> quartz.getProperties().putIfAbsent(DIALECT, PostgreSQLDelegate.class.getName()));
  }
}
