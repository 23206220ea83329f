package dev.onbehalf.sample;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.identity;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.SessionGuard;
import dev.onbehalf.spring.UserTenancy;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.Map;
import javax.sql.DataSource;
import org.hibernate.SessionEventListener;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jpa.EntityManagerFactoryBuilder;
import org.springframework.boot.jpa.autoconfigure.JpaProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;

/** An application that makes its entity managers itself. */
class OwnEntityManagerFactoryTest {
  private static final long ALICES = -1;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {
    @Bean
    LocalContainerEntityManagerFactoryBean entityManagerFactory(
        DataSource dataSource, JpaProperties properties) {
      LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
      factory.setDataSource(dataSource);
      factory.setPackagesToScan("dev.onbehalf.sample");
      factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
      factory.setJpaPropertyMap(properties.getProperties());
      factory
          .getJpaPropertyMap()
          .putAll(
              Map.of(
                  "hibernate.boot.allow_jdbc_metadata_access",
                  false,
                  "hibernate.dialect",
                  "org.hibernate.dialect.PostgreSQLDialect",
                  "hibernate.physical_naming_strategy",
                  "org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl"));
      return factory;
    }
  }

  @Test
  void itsCachesAreKeptByPersonToo() {
    Shop.reset();
    try (ConfigurableApplicationContext application = Batch.start(Application.class)) {
      assertThat(finds(application, ALICE)).isTrue();
      assertThat(finds(application, BOB)).isFalse();
    }
  }

  /** An application's own listener to sessions. */
  public static class Counting implements SessionEventListener {}

  public static class GuardingToo extends SessionGuard {}

  @Test
  void doesNotStartWithSessionsThatNobodyGuards() {
    String own = "spring.jpa.properties.hibernate.session.events.auto=";
    assertThatThrownBy(() -> Batch.start(Application.class, own + Counting.class.getName()))
        .rootCause()
        .hasMessageContaining("have it extend dev.onbehalf.spring.SessionGuard");
    Batch.start(Application.class, own + GuardingToo.class.getName()).close();
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Reporting {
    @Bean
    @Primary
    LocalContainerEntityManagerFactoryBean entityManagerFactory(
        DataSource dataSource, EntityManagerFactoryBuilder builder) {
      return builder.dataSource(dataSource).packages("dev.onbehalf.sample").build();
    }

    @Bean
    LocalContainerEntityManagerFactoryBean reports(EntityManagerFactoryBuilder builder) {
      return builder
          .dataSource(new PGSimpleDataSource())
          .packages("dev.onbehalf.none")
          .properties(
              Map.of(
                  "hibernate.boot.allow_jdbc_metadata_access",
                  false,
                  "hibernate.dialect",
                  "org.hibernate.dialect.PostgreSQLDialect"))
          .build();
    }
  }

  /** It would run its queries at ours, as whoever is bound. */
  @Test
  void oneForAnotherDatabaseIsLeftAlone() {
    try (ConfigurableApplicationContext application = Batch.start(Reporting.class)) {
      assertThat(tenants(application.getBean(EntityManagerFactory.class)))
          .isInstanceOf(UserTenancy.class);
      assertThat(tenants(application.getBean("reports", EntityManagerFactory.class))).isNull();
    }
  }

  private static @Nullable Object tenants(EntityManagerFactory factory) {
    return factory
        .unwrap(SessionFactoryImplementor.class)
        .getSessionFactoryOptions()
        .getCurrentTenantIdentifierResolver();
  }

  private static boolean finds(ConfigurableApplicationContext application, String user) {
    EntityManagerFactory factory = application.getBean(EntityManagerFactory.class);
    return application
        .getBean(OnBehalf.class)
        .asUser(
            identity(user),
            () -> {
              try (EntityManager session = factory.createEntityManager()) {
                return session.find(JpaItem.class, ALICES) != null;
              }
            });
  }
}
