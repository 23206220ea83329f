package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.OnBehalf;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.modulith.events.core.EventPublicationRepository;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Spring Modulith keeps its event publications as the service principal, in transactions of their
 * own. It has no extension points for that, so {@link ModulithBeans} has its beans take ours. A
 * publication is written at once, and taken back when the person's work is rolled back.
 */
@AutoConfiguration(
    after = {OnBehalfAutoConfiguration.class, JdbcTemplateAutoConfiguration.class},
    beforeName = ModulithBeans.CONFIGURATION)
@ConditionalOnClass(value = EventPublicationRepository.class, name = ModulithBeans.CONFIGURATION)
@ConditionalOnBean(OnBehalf.class)
@Import(LibraryConnections.class)
public class OnBehalfModulithAutoConfiguration {
  @Bean(defaultCandidate = false, destroyMethod = "")
  DataSource onBehalfModulithDataSource(LibraryConnections connections) {
    return connections.dataSource();
  }

  @Bean(defaultCandidate = false)
  JdbcTemplate onBehalfModulithJdbcTemplate(LibraryConnections connections) {
    return new JdbcTemplate(connections.dataSource());
  }

  @Bean(name = ModulithTransactions.MANAGER, defaultCandidate = false)
  PlatformTransactionManager onBehalfModulithTransactionManager(LibraryConnections connections) {
    return connections.transactionManager();
  }

  @Bean
  static ModulithBeans onBehalfModulithBeans() {
    return new ModulithBeans();
  }

  /** By its own type, which says that it comes before what looks for transactions. */
  @Bean
  static ModulithTransactions onBehalfModulithTransactions() {
    return new ModulithTransactions();
  }

  @Bean
  static BeanPostProcessor onBehalfModulithRollbacks() {
    return new PublicationRollbacks();
  }
}
