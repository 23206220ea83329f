package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.InvalidSettingsException;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.Platform;
import dev.onbehalf.identity.RoleNames;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.spring.AuditTrail;
import dev.onbehalf.spring.Destinations;
import dev.onbehalf.spring.DevelopmentDataSource;
import dev.onbehalf.spring.LeaseAudit;
import dev.onbehalf.spring.LoggedLeaseAudit;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.PersonScope;
import dev.onbehalf.spring.dashboard.AcquireTimes;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;

/** The database that the environment names, and the {@link DataSource}s that lead to it. */
@AutoConfiguration(before = DataSourceAutoConfiguration.class)
@EnableConfigurationProperties(OnBehalfProperties.class)
@Import({CredentialsConfiguration.class, LakebaseConfiguration.class})
public class OnBehalfAutoConfiguration {
  private static final Logger log = LoggerFactory.getLogger(OnBehalfAutoConfiguration.class);

  private static final List<String> VARIABLES =
      List.of(
          "PGHOST",
          "PGHOST_READ_ONLY",
          "PGPORT",
          "PGPORT_READ_ONLY",
          "PGDATABASE",
          "PGUSER",
          "PGPASSWORD",
          "PGAPPNAME",
          "PGOPTIONS",
          "PGSSLMODE",
          "PGSSLROOTCERT");

  @Bean
  @ConditionalOnMissingBean
  DatabaseConnectionDetails databaseConnectionDetails(
      Environment environment, ObjectProvider<PlatformVariables> platforms) {
    return () -> variables(environment, platforms);
  }

  private static Map<String, String> variables(
      Environment environment, ObjectProvider<PlatformVariables> platforms) {
    List<String> names = new ArrayList<>(VARIABLES);
    platforms.forEach(it -> names.addAll(it.names()));
    Map<String, String> variables = new TreeMap<>();
    for (String name : names) {
      String value = environment.getProperty(name);
      if (value != null) {
        variables.put(name, value);
      }
    }
    return variables;
  }

  @Bean
  @ConditionalOnMissingBean
  DatabaseSettings databaseSettings(
      OnBehalfProperties properties,
      DatabaseConnectionDetails details,
      ObjectProvider<IdentityVerifier> verifier,
      ObjectProvider<RoleNames> names,
      ObjectProvider<Observer> observers,
      ObjectProvider<AuditTrail> audit,
      ObjectProvider<ForwardedSenders> senders,
      ObjectProvider<PlatformVariables> platforms) {
    return new SettingsAssembly(properties, senders.getIfAvailable())
        .checking(platforms.stream())
        .naming(names.getIfAvailable())
        .telling(audit.getIfAvailable())
        .build(
            details.variables(),
            verifier.getIfAvailable(),
            observers.orderedStream().reduce(Observer::and).orElse(Observer.NOBODY));
  }

  @Bean
  @ConditionalOnBooleanProperty("onbehalf.audit.enabled")
  @ConditionalOnMissingBean
  LeaseAudit leaseAudit() {
    return new LoggedLeaseAudit();
  }

  /** The database is asked for later, because it is made of this. */
  @Bean
  @ConditionalOnBooleanProperty("onbehalf.audit.enabled")
  AuditTrail onBehalfAuditTrail(LeaseAudit audit, ObjectProvider<OnBehalfDatabase> database) {
    return new AuditTrail(audit, role -> role.equals(database.getObject().servicePrincipalRole()));
  }

  /** What the picture of the pool shows of them. */
  @Bean
  @ConditionalOnBooleanProperty("onbehalf.dashboard.enabled")
  AcquireTimes onBehalfAcquireTimes() {
    return new AcquireTimes();
  }

  @Bean
  @ConditionalOnMissingBean
  OnBehalfDatabase onBehalfDatabase(DatabaseSettings settings, ObjectProvider<Platform> platforms) {
    Platform platform = platforms.getIfAvailable();
    if (platform == null) {
      throw new InvalidSettingsException(
          List.of(
              "onbehalf.credentials is not set, and nothing else tells what people log in with: for Lakebase add the artifact dev.onbehalf:onbehalf-lakebase"));
    }
    return OnBehalfDatabase.of(settings, platform);
  }

  @Bean
  StartUpCheck onBehalfStartUpCheck(OnBehalfDatabase database) {
    return new StartUpCheck(database);
  }

  @Bean
  StartUpLine onBehalfStartUpLine(
      OnBehalfProperties properties,
      DatabaseSettings settings,
      DatabaseConnectionDetails details,
      Environment environment,
      ListableBeanFactory beans,
      ObjectProvider<IdentityVerifier> verifier) {
    List<String> platforms = List.of(beans.getBeanNamesForType(Platform.class, true, false));
    return new StartUpLine(
        properties,
        settings,
        details.variables(),
        OnCredentials.of(environment),
        !platforms.contains("lakebase") && !platforms.contains("credentialsPlatform"),
        verifier);
  }

  @Bean
  @ConditionalOnMissingBean
  OnBehalf onBehalf(
      OnBehalfDatabase database,
      OnBehalfProperties properties,
      ObjectProvider<PersonScope> scopes) {
    OnBehalf onBehalf =
        properties.identity().checkCallbacks()
            ? OnBehalf.checkingCallbacks(database)
            : new OnBehalf(database);
    PersonScope scope = scopes.getIfAvailable();
    return scope == null ? onBehalf : onBehalf.within(scope);
  }

  /** What Spring Boot's own meters tell, once: all our DataSources share the pools. */
  @Bean
  DataSourcePoolMetadataProvider onBehalfPoolMetadataProvider(
      OnBehalf onBehalf, OnBehalfDatabase database) {
    DataSource ours = onBehalf.dataSource();
    return dataSource -> isOrWraps(dataSource, ours) ? new PoolMetadata(database) : null;
  }

  private static boolean isOrWraps(DataSource dataSource, DataSource other) {
    try {
      return dataSource.isWrapperFor(other.getClass())
          && dataSource.unwrap(other.getClass()) == other;
    } catch (SQLException e) {
      return false;
    }
  }

  /** The connections of whoever is bound. */
  @Bean
  @Primary
  @ConditionalOnMissingBean
  DataSource dataSource(OnBehalf onBehalf, OnBehalfProperties properties, Environment environment) {
    if (environment.containsProperty("spring.datasource.url")) {
      log.warn(
          "spring.datasource.url is set, and not used: the DataSource leads to the database that"
              + " PGHOST names. Remove one of the two.");
    }
    return properties.development().checkRowSecurity()
            && DevelopmentMachine.is(properties, environment)
        ? new DevelopmentDataSource(onBehalf, onBehalf.servicePrincipalDataSource())
        : onBehalf.dataSource();
  }

  /**
   * Looks at the start as whom people's queries would run. Before the web server takes requests,
   * and with lazy initialization too.
   */
  @Bean
  SmartInitializingSingleton onBehalfQueryPaths(
      ConfigurableListableBeanFactory beans,
      ObjectProvider<OnBehalf> onBehalf,
      ObjectProvider<DataSource> dataSource,
      ObjectProvider<QueryPath<?>> ofLibraries) {
    return () -> {
      OnBehalf routing = onBehalf.getIfUnique();
      if (routing != null) {
        new QueryPaths(beans, Destinations.from(routing))
            .check(Stream.concat(QueryPath.OF_SPRING.stream(), ofLibraries.stream()));
      }
      if (!RoutedDataSource.isPrimary(dataSource, onBehalf)) {
        log.warn(
            "The application has a DataSource bean of its own, so its queries do not run as the"
                + " person behind a request. To have both, declare it with"
                + " @Bean(defaultCandidate = false) and ask for it with @Qualifier; to have ours"
                + " only, remove it, or let it return OnBehalf.dataSource().");
      }
    };
  }

  /** The application's own connections, asked for by name. */
  @Bean(defaultCandidate = false)
  @ConditionalOnMissingBean(name = "servicePrincipalDataSource")
  DataSource servicePrincipalDataSource(OnBehalf onBehalf) {
    return onBehalf.servicePrincipalDataSource();
  }
}
