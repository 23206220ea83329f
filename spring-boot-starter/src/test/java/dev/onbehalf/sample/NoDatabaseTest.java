package dev.onbehalf.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.spring.autoconfigure.OnBehalfAutoConfiguration;
import dev.onbehalf.spring.autoconfigure.OnBehalfHibernateAutoConfiguration;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jdbc.core.dialect.JdbcDialect;
import org.springframework.data.jdbc.core.dialect.JdbcPostgresDialect;

/** An application starts before there is a user, and while the database is down. */
@ExtendWith(OutputCaptureExtension.class)
class NoDatabaseTest {
  private static final String[] NOWHERE = {
    "PGHOST=db.invalid",
    "PGDATABASE=shop",
    "LAKEBASE_ENDPOINT=projects/shop/branches/production/endpoints/primary",
    "DATABRICKS_HOST=https://dbc.invalid",
    "DATABRICKS_CLIENT_ID=shop-app",
    "DATABRICKS_CLIENT_SECRET=hush-hush"
  };

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  @Configuration(proxyBeanMethods = false)
  @AutoConfigurationPackage
  static class Entities {}

  @Configuration(proxyBeanMethods = false)
  static class OwnTenancy {
    @Bean
    CurrentTenantIdentifierResolver<String> tenants() {
      return new CurrentTenantIdentifierResolver<>() {
        @Override
        public String resolveCurrentTenantIdentifier() {
          return "the company";
        }

        @Override
        public boolean validateExistingCurrentSessions() {
          return false;
        }
      };
    }
  }

  private static SessionFactoryImplementor sessions(EntityManagerFactory factory) {
    return factory.unwrap(SessionFactoryImplementor.class);
  }

  private static WebApplicationContextRunner jpa() {
    return new WebApplicationContextRunner()
        .withUserConfiguration(Entities.class)
        .withConfiguration(
            AutoConfigurations.of(
                OnBehalfAutoConfiguration.class,
                OnBehalfHibernateAutoConfiguration.class,
                DataSourceAutoConfiguration.class,
                HibernateJpaAutoConfiguration.class))
        .withPropertyValues(NOWHERE);
  }

  @Test
  void everyWayOfAccessIsReadyWithoutAConnection(CapturedOutput output) {
    try (ConfigurableApplicationContext application =
        Batch.startElsewhere(Application.class, NOWHERE)) {
      Dialect hibernate =
          sessions(application.getBean(EntityManagerFactory.class)).getJdbcServices().getDialect();
      assertThat(hibernate).isInstanceOf(PostgreSQLDialect.class);
      assertThat(hibernate.getVersion().getMajor()).isEqualTo(16);
      assertThat(application.getBean(DSLContext.class).dialect()).isEqualTo(SQLDialect.POSTGRES);
      assertThat(application.getBean(JdbcDialect.class)).isEqualTo(JdbcPostgresDialect.INSTANCE);
    }
    assertThat(output).doesNotContain("NobodyBoundException").doesNotContain("open-in-view");
  }

  @Test
  void openInViewIsWarnedOfWithItsConnectionWhereNobodyDecided(CapturedOutput output) {
    jpa().run(context -> assertThat(context).hasNotFailed());
    assertThat(output.toString().lines().filter(line -> line.contains("keeps its person's conn")))
        .hasSize(1);
  }

  @Test
  void whatTheApplicationDecidesStays(CapturedOutput output) {
    jpa()
        .withUserConfiguration(OwnTenancy.class)
        .withPropertyValues(
            "spring.jpa.open-in-view=true",
            "spring.jpa.properties.jakarta.persistence.database-major-version=17")
        .run(
            context -> {
              SessionFactoryImplementor sessions =
                  sessions(context.getBean(EntityManagerFactory.class));
              assertThat(sessions.getJdbcServices().getDialect().getVersion().getMajor())
                  .isEqualTo(17);
              assertThat(sessions.resolveTenantIdentifier()).isEqualTo("the company");
              assertThat(sessions.getSessionFactoryOptions().isSecondLevelCacheEnabled()).isFalse();
              assertThat(sessions.getSessionFactoryOptions().isMultiTenancyEnabled()).isFalse();
            });
    assertThat(output).doesNotContain("keeps its person's conn");
  }
}
