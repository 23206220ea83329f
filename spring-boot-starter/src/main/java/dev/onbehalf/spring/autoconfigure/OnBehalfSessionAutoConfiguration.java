package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.OnBehalf;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.session.jdbc.config.annotation.SpringSessionDataSource;
import org.springframework.session.jdbc.config.annotation.SpringSessionTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Spring Session keeps people's sessions as the service principal: they are looked up before
 * anybody is proved, and no person may read another's.
 */
@AutoConfiguration(
    after = {OnBehalfAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class},
    afterName = OnBehalfSessionAutoConfiguration.JPA,
    beforeName = "org.springframework.boot.session.jdbc.autoconfigure.JdbcSessionAutoConfiguration")
@ConditionalOnClass(JdbcIndexedSessionRepository.class)
@ConditionalOnBean(OnBehalf.class)
@ConditionalOnMissingQualifier(type = DataSource.class, qualifier = SpringSessionDataSource.class)
@Import(LibraryConnections.class)
public class OnBehalfSessionAutoConfiguration {
  static final String JPA =
      "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration";

  @Bean(defaultCandidate = false, destroyMethod = "")
  @SpringSessionDataSource
  DataSource onBehalfSessionDataSource(LibraryConnections connections) {
    return connections.dataSource();
  }

  @Bean(defaultCandidate = false)
  @SpringSessionTransactionManager
  @ConditionalOnMissingQualifier(
      type = PlatformTransactionManager.class,
      qualifier = SpringSessionTransactionManager.class)
  PlatformTransactionManager onBehalfSessionTransactionManager(LibraryConnections connections) {
    return connections.transactionManager();
  }
}
