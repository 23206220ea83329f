package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.Destinations;
import dev.onbehalf.spring.Destinations.Destination;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.SessionGuard;
import dev.onbehalf.spring.UserTenancy;
import jakarta.persistence.EntityManagerFactory;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.CacheSettings;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.cfg.SessionEventSettings;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.jdbc.connections.spi.MultiTenantConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.support.OpenEntityManagerInViewInterceptor;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Hibernate for people: it starts without a connection, its sessions and caches belong to one
 * person each, and its schema tools work as the service principal. What the application sets itself
 * ({@code spring.jpa.properties.*}, or a tenancy of its own) stays.
 */
@AutoConfiguration(
    after = OnBehalfAutoConfiguration.class,
    before = HibernateJpaAutoConfiguration.class)
@ConditionalOnClass({SessionFactory.class, HibernatePropertiesCustomizer.class})
@ConditionalOnBean(OnBehalf.class)
public class OnBehalfHibernateAutoConfiguration {
  private static final Logger log =
      LoggerFactory.getLogger(OnBehalfHibernateAutoConfiguration.class);

  /**
   * The oldest that OnBehalfDatabase runs; what Hibernate writes for it is good for the newer ones.
   */
  private static final String POSTGRES_VERSION = "16";

  private static final String[] VERSION_SETTINGS = {
    JdbcSettings.JAKARTA_HBM2DDL_DB_VERSION, JdbcSettings.JAKARTA_HBM2DDL_DB_MAJOR_VERSION
  };
  private static final String[] TENANCY_SETTINGS = {
    MultiTenancySettings.MULTI_TENANT_CONNECTION_PROVIDER,
    MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER
  };

  /**
   * For each factory on a DataSource that leads to people, whoever makes it, and for no other. At
   * last, so that it sees what the application's own customizers and code set.
   */
  @Bean
  static BeanPostProcessor onBehalfHibernateProperties(
      ObjectProvider<OnBehalf> onBehalf,
      ObjectProvider<MultiTenantConnectionProvider<?>> ownProvider,
      ObjectProvider<CurrentTenantIdentifierResolver<?>> ownResolver) {
    return new BeanPostProcessor() {
      @Override
      public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof LocalContainerEntityManagerFactoryBean factory
            && factory.getDataSource() != null) {
          DataSource dataSource = factory.getDataSource();
          RoutedDataSource.whose(dataSource, onBehalf)
              .ifPresent(
                  it ->
                      set(
                          factory.getJpaPropertyMap(),
                          new UserTenancy(it, dataSource),
                          isAny(ownProvider) || isAny(ownResolver)));
        }
        return bean;
      }
    };
  }

  private static boolean isAny(ObjectProvider<?> beans) {
    return beans.stream().findAny().isPresent();
  }

  private static void set(Map<String, Object> properties, UserTenancy tenancy, boolean ownTenancy) {
    startWithoutConnection(properties);
    if (ownTenancy || Stream.of(TENANCY_SETTINGS).anyMatch(properties::containsKey)) {
      withoutSharedCaches(properties);
    } else {
      Stream.of(TENANCY_SETTINGS).forEach(name -> properties.put(name, tenancy));
      properties.putIfAbsent(
          SessionEventSettings.AUTO_SESSION_EVENTS_LISTENER, SessionGuard.class.getName());
    }
  }

  @Bean
  QueryPath<EntityManagerFactory> onBehalfEntityManagerPath() {
    return new QueryPath<>(
        EntityManagerFactory.class,
        "entityManagerFactory",
        OnBehalfHibernateAutoConfiguration::destination);
  }

  @Bean
  QueryPath<PlatformTransactionManager> onBehalfJpaTransactionPath() {
    return new QueryPath<>(
        PlatformTransactionManager.class,
        "transactionManager",
        (destinations, manager) ->
            manager instanceof JpaTransactionManager jpa && jpa.getEntityManagerFactory() != null
                ? destination(destinations, jpa.getEntityManagerFactory())
                : Destination.ELSEWHERE);
  }

  private static Destination destination(Destinations destinations, EntityManagerFactory factory) {
    Object tenants =
        factory
            .unwrap(SessionFactoryImplementor.class)
            .getSessionFactoryOptions()
            .getCurrentTenantIdentifierResolver();
    if (tenants instanceof UserTenancy) {
      return Destination.WHOEVER_IS_BOUND;
    }
    return factory instanceof EntityManagerFactoryInfo info && info.getDataSource() != null
        ? destinations.of(info.getDataSource())
        : Destination.ELSEWHERE;
  }

  private static void startWithoutConnection(Map<String, Object> properties) {
    if (properties.containsKey(JdbcSettings.ALLOW_METADATA_ON_BOOT)) {
      return;
    }
    properties.put(JdbcSettings.ALLOW_METADATA_ON_BOOT, "false");
    properties.putIfAbsent(JdbcSettings.JAKARTA_HBM2DDL_DB_NAME, "PostgreSQL");
    if (Stream.of(VERSION_SETTINGS).noneMatch(properties::containsKey)) {
      properties.put(JdbcSettings.JAKARTA_HBM2DDL_DB_MAJOR_VERSION, POSTGRES_VERSION);
    }
  }

  /** The application's tenants may be several people, who must not meet in a cache. */
  private static void withoutSharedCaches(Map<String, Object> properties) {
    properties.putIfAbsent(CacheSettings.USE_SECOND_LEVEL_CACHE, "false");
    properties.putIfAbsent(CacheSettings.USE_QUERY_CACHE, "false");
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  static class OpenInView {
    /** Said where nobody has decided, as Boot does. */
    @Bean
    SmartInitializingSingleton onBehalfOpenInViewWarning(
        ObjectProvider<OpenEntityManagerInViewInterceptor> interceptor, Environment environment) {
      return () -> {
        if (interceptor.stream().findAny().isPresent()
            && !environment.containsProperty("spring.jpa.open-in-view")) {
          log.warn(
              "spring.jpa.open-in-view is on by default: a request keeps its person's connection"
                  + " from its first query until its answer is written, and a person has only"
                  + " onbehalf.pool.max-connections-per-user of them. Set it to false, or to true"
                  + " if that is meant.");
        }
      };
    }
  }
}
