package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.OnBehalf;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * ShedLock keeps its locks as the service principal, by the database's clock, in transactions of
 * its own. A {@link LockProvider} of the application's is taken in its place.
 */
@AutoConfiguration(after = OnBehalfAutoConfiguration.class)
@ConditionalOnClass({LockProvider.class, JdbcTemplateLockProvider.class})
@ConditionalOnBean(OnBehalf.class)
@Import(LibraryConnections.class)
public class OnBehalfShedLockAutoConfiguration {
  @Bean
  @ConditionalOnMissingBean
  LockProvider onBehalfLockProvider(LibraryConnections connections) {
    return new JdbcTemplateLockProvider(
        JdbcTemplateLockProvider.Configuration.builder()
            .withJdbcTemplate(new JdbcTemplate(connections.dataSource()))
            .withTransactionManager(connections.transactionManager())
            .usingDbTime()
            .build());
  }
}
