package dev.onbehalf.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Flyway and Liquibase run when nobody is there yet, as the service principal. */
class SchemaToolsTest {
  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  static class Application {}

  @Test
  void theServicePrincipalOwnsWhatTheyMake() {
    try (TestApplication application =
        new TestApplication(
            Application.class,
            "spring.flyway.enabled=true",
            "spring.flyway.baseline-on-migrate=true",
            "spring.flyway.baseline-version=0",
            "spring.liquibase.enabled=true",
            "spring.liquibase.change-log=classpath:db/changelog/made.sql")) {
      assertThat(
              JdbcClient.create(application.bean(OnBehalf.class).servicePrincipalDataSource())
                  .sql("SELECT tableowner FROM pg_tables WHERE tablename LIKE '%_made'")
                  .query(String.class)
                  .list())
          .hasSize(2)
          .containsOnly(SharedLakebase.get().servicePrincipal());
    }
  }
}
