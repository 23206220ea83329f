package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.OnBehalf;
import javax.sql.DataSource;
import org.springframework.batch.core.configuration.support.JdbcDefaultBatchConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.batch.autoconfigure.BatchTransactionManager;
import org.springframework.boot.batch.jdbc.autoconfigure.BatchDataSource;
import org.springframework.boot.batch.jdbc.autoconfigure.BatchJdbcAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Spring Batch keeps its jobs and steps as the service principal. As whom a step's own queries run,
 * the step says: its transaction is of the manager that it is built with.
 */
@AutoConfiguration(
    after = {OnBehalfAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class},
    afterName = OnBehalfBatchAutoConfiguration.JPA,
    before = BatchJdbcAutoConfiguration.class)
@ConditionalOnClass({BatchDataSource.class, JdbcDefaultBatchConfiguration.class})
@ConditionalOnBean(OnBehalf.class)
@ConditionalOnMissingQualifier(type = DataSource.class, qualifier = BatchDataSource.class)
@Import(LibraryConnections.class)
public class OnBehalfBatchAutoConfiguration {
  static final String JPA =
      "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration";

  @Bean(defaultCandidate = false, destroyMethod = "")
  @BatchDataSource
  DataSource onBehalfBatchDataSource(LibraryConnections connections) {
    return connections.dataSource();
  }

  @Bean(defaultCandidate = false)
  @BatchTransactionManager
  @ConditionalOnMissingQualifier(
      type = PlatformTransactionManager.class,
      qualifier = BatchTransactionManager.class)
  PlatformTransactionManager onBehalfBatchTransactionManager(LibraryConnections connections) {
    return connections.transactionManager();
  }
}
