package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.pool.metrics.LeaseTimers;
import dev.onbehalf.pool.metrics.PoolMetrics;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.PersonHash;
import dev.onbehalf.spring.actuate.DatabaseHealthIndicator;
import dev.onbehalf.spring.actuate.FleetMetrics;
import dev.onbehalf.spring.actuate.MicrometerObserver;
import dev.onbehalf.spring.actuate.OnBehalfEndpoint;
import dev.onbehalf.spring.actuate.PlatformHealthIndicator;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.SimpleAutowireCandidateResolver;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.jdbc.autoconfigure.health.DataSourceHealthContributorAutoConfiguration;
import org.springframework.boot.jdbc.health.DataSourceHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the Actuator shows. */
@AutoConfiguration(
    after = OnBehalfAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.brave.autoconfigure.BraveAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration"
    },
    before = DataSourceHealthContributorAutoConfiguration.class)
@ConditionalOnBean(OnBehalf.class)
public class OnBehalfActuatorAutoConfiguration {

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
  static class Health {

    @Bean
    @ConditionalOnEnabledHealthIndicator("onbehalf")
    @ConditionalOnMissingBean(name = {"onbehalfHealthIndicator", "onbehalfHealthContributor"})
    HealthContributor onbehalfHealthContributor(OnBehalf onBehalf, OnBehalfDatabase database) {
      Map<String, HealthContributor> parts = new LinkedHashMap<>();
      parts.put(
          "database", new DatabaseHealthIndicator(onBehalf.servicePrincipalDataSource(), database));
      DatabaseHealthIndicator.ofReadOnlyHost(
              onBehalf.servicePrincipalReadOnlyDataSource(), database)
          .ifPresent(it -> parts.put("readOnlyDatabase", it));
      database
          .platform()
          .healthName()
          .ifPresent(name -> parts.put(name, new PlatformHealthIndicator(database)));
      return CompositeHealthContributor.fromMap(parts);
    }

    /**
     * Boot's own would ask our DataSources too, and one of them as nobody. This one asks the others
     * that an application has; with none it is not shown.
     */
    @Bean
    @ConditionalOnEnabledHealthIndicator("db")
    @ConditionalOnMissingBean(name = {"dbHealthIndicator", "dbHealthContributor"})
    HealthContributor dbHealthContributor(ConfigurableListableBeanFactory beans, OnBehalf onBehalf)
        throws SQLException {
      Class<?> ours = onBehalf.dataSource().getClass();
      Map<String, HealthContributor> others = new LinkedHashMap<>();
      for (Map.Entry<String, DataSource> bean :
          SimpleAutowireCandidateResolver.resolveAutowireCandidates(
                  beans, DataSource.class, false, true)
              .entrySet()) {
        if (!bean.getValue().isWrapperFor(ours)) {
          others.put(bean.getKey(), new DataSourceHealthIndicator(bean.getValue()));
        }
      }
      return CompositeHealthContributor.fromMap(others);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterRegistry.class)
  @ConditionalOnBean(MeterRegistry.class)
  static class Metrics {

    @Bean
    @ConditionalOnMissingBean
    PoolMetrics onBehalfPoolMetrics(OnBehalfDatabase database) {
      return PoolMetrics.of(
          database, database.hasReadOnlyHost() ? Tags.of("database", "primary") : Tags.empty());
    }

    @Bean
    @ConditionalOnMissingBean
    LeaseTimers onBehalfLeaseTimers(MeterRegistry meters) {
      return new LeaseTimers(meters);
    }

    @Bean
    @ConditionalOnBean(name = "onBehalfPoolMetrics") // an application's own have other tags
    MeterBinder onBehalfReadOnlyPoolMetrics(OnBehalfDatabase database) {
      return database
          .readOnlyHost()
          .<MeterBinder>map(it -> PoolMetrics.of(it, Tags.of("database", "read-only")))
          .orElse(registry -> {});
    }

    @Bean
    @ConditionalOnMissingBean
    FleetMetrics onBehalfFleetMetrics(OnBehalfDatabase database) {
      return new FleetMetrics(database::fleetStatus);
    }
  }

  /** Where somebody traces, spans say by a hash for whom they are. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean(type = "io.micrometer.tracing.Tracer")
  static class Traces {

    @Bean
    @ConditionalOnMissingBean
    PersonHash onBehalfPersonHash(OnBehalfProperties properties) {
      return new PersonHash(properties.tracing().hashKey());
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ObservationRegistry.class)
  @ConditionalOnBean(ObservationRegistry.class)
  static class Observations {

    @Bean
    @ConditionalOnMissingBean
    MicrometerObserver onBehalfObserver(
        ObservationRegistry registry, ObjectProvider<PersonHash> people) {
      return new MicrometerObserver(registry, people.getIfAvailable());
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
  static class Endpoint {

    /** For applications in which {@code /actuator/env} shows values. */
    @Bean
    SanitizingFunction onBehalfSecrets() {
      return SanitizingFunction.sanitizeValue()
          .ifKeyEquals("DATABRICKS_CLIENT_SECRET", "PGPASSWORD")
          .ifKeyEndsWith("client-secret", "clientSecret", "client_secret", "CLIENTSECRET")
          .ifKeyEndsWith("hash-key", "hashKey", "hash_key", "HASHKEY");
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint(OnBehalfEndpoint.class)
    OnBehalfEndpoint onBehalfEndpoint(OnBehalfDatabase database, OnBehalfProperties properties) {
      return new OnBehalfEndpoint(database, properties.actuator().maskAddresses());
    }
  }
}
