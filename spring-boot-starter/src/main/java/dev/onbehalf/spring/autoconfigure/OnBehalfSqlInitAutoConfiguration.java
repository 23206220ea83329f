package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.OnBehalf;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.ApplicationDataSourceScriptDatabaseInitializer;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.sql.autoconfigure.init.ApplicationScriptDatabaseInitializer;
import org.springframework.boot.sql.autoconfigure.init.ConditionalOnSqlInitialization;
import org.springframework.boot.sql.autoconfigure.init.SqlInitializationProperties;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** The scripts of {@code spring.sql.init} run at the start, as the service principal. */
@AutoConfiguration(
    after = OnBehalfAutoConfiguration.class,
    before = DataSourceInitializationAutoConfiguration.class)
@ConditionalOnBean(OnBehalf.class)
@ConditionalOnMissingBean(ApplicationScriptDatabaseInitializer.class)
@ConditionalOnSqlInitialization
@EnableConfigurationProperties(SqlInitializationProperties.class)
@Import(DatabaseInitializationDependencyConfigurer.class)
public class OnBehalfSqlInitAutoConfiguration {
  @Bean
  ApplicationDataSourceScriptDatabaseInitializer dataSourceScriptDatabaseInitializer(
      ObjectProvider<DataSource> dataSource,
      @Qualifier("servicePrincipalDataSource") DataSource servicePrincipal,
      ObjectProvider<OnBehalf> onBehalf,
      SqlInitializationProperties properties) {
    return new ApplicationDataSourceScriptDatabaseInitializer(
        RoutedDataSource.isPrimary(dataSource, onBehalf)
            ? servicePrincipal
            : dataSource.getObject(),
        properties);
  }
}
