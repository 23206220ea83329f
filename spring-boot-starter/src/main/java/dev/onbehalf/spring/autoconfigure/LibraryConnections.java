package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.OnBehalf;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * As whom the libraries work that keep tables of their own, also where nobody is bound: as the
 * service principal, in transactions that are not a person's. Where the application's primary
 * {@link DataSource} is no way of ours, they work as they would without us.
 */
final class LibraryConnections {
  private final ObjectProvider<DataSource> primary;
  private final DataSource servicePrincipal;
  private final ObjectProvider<OnBehalf> onBehalf;
  private final ObjectProvider<PlatformTransactionManager> transactionManagers;

  LibraryConnections(
      ObjectProvider<DataSource> primary,
      @Qualifier("servicePrincipalDataSource") DataSource servicePrincipal,
      ObjectProvider<OnBehalf> onBehalf,
      ObjectProvider<PlatformTransactionManager> transactionManagers) {
    this.primary = primary;
    this.servicePrincipal = servicePrincipal;
    this.onBehalf = onBehalf;
    this.transactionManagers = transactionManagers;
  }

  /** Whether they work as the service principal. */
  boolean areServicePrincipals() {
    return RoutedDataSource.isPrimary(primary, onBehalf);
  }

  DataSource dataSource() {
    return areServicePrincipals() ? servicePrincipal : primary.getObject();
  }

  PlatformTransactionManager transactionManager() {
    return areServicePrincipals()
        ? new JdbcTransactionManager(servicePrincipal)
        : transactionManagers.getObject();
  }
}
