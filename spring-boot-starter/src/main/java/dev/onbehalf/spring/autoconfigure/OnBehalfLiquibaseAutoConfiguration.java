package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.OnBehalf;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseDataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Liquibase migrates at the start, when nobody is there, as the service principal. */
@AutoConfiguration(
    after = OnBehalfAutoConfiguration.class,
    before = LiquibaseAutoConfiguration.class)
@ConditionalOnClass(LiquibaseDataSource.class)
@ConditionalOnBean(OnBehalf.class)
@ConditionalOnMissingQualifier(type = DataSource.class, qualifier = LiquibaseDataSource.class)
@Import(LibraryConnections.class)
public class OnBehalfLiquibaseAutoConfiguration {
  @Bean(defaultCandidate = false, destroyMethod = "")
  @LiquibaseDataSource
  DataSource onBehalfLiquibaseDataSource(LibraryConnections connections) {
    return connections.dataSource();
  }
}
