package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.OnBehalf;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayDataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Flyway migrates at the start, when nobody is there, as the service principal. */
@AutoConfiguration(after = OnBehalfAutoConfiguration.class, before = FlywayAutoConfiguration.class)
@ConditionalOnClass(FlywayDataSource.class)
@ConditionalOnBean(OnBehalf.class)
@ConditionalOnMissingQualifier(type = DataSource.class, qualifier = FlywayDataSource.class)
@Import(LibraryConnections.class)
public class OnBehalfFlywayAutoConfiguration {
  @Bean(defaultCandidate = false, destroyMethod = "")
  @FlywayDataSource
  DataSource onBehalfFlywayDataSource(LibraryConnections connections) {
    return connections.dataSource();
  }
}
