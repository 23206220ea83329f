package dev.onbehalf.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.TestApplication;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Flyway and Liquibase work at the start, when nobody is there: as the service principal. */
class SchemaToolsTest {
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  static String owner(String table) {
    return JdbcClient.create(SharedLakebase.get().superuser())
        .sql("SELECT tableowner FROM pg_tables WHERE tablename = ?")
        .param(table)
        .query(String.class)
        .single();
  }

  @AfterEach
  void dropTables() {
    Shop.execute("DROP TABLE IF EXISTS flyway_made, flyway_schema_history");
    Shop.execute("DROP TABLE IF EXISTS liquibase_made, databasechangelog, databasechangeloglock");
  }

  @Test
  void flywayMigratesAsTheServicePrincipal() {
    try (ConfigurableApplicationContext application =
        Batch.start(Application.class, TestApplication.WITHOUT_JPA, "spring.flyway.enabled=true")) {
      assertMade(application, "flyway_made", "flyway_schema_history");
    }
  }

  @Test
  void liquibaseMigratesAsTheServicePrincipal() {
    try (ConfigurableApplicationContext application =
        Batch.start(
            Application.class,
            TestApplication.WITHOUT_JPA,
            "spring.liquibase.enabled=true",
            "spring.liquibase.change-log=classpath:db/changelog/made.sql")) {
      assertMade(application, "liquibase_made", "databasechangelog");
    }
  }

  @Test
  void schemaScriptsRunAsTheServicePrincipal() {
    try (ConfigurableApplicationContext application =
        Batch.start(
            Application.class,
            TestApplication.WITHOUT_JPA,
            "spring.sql.init.mode=always",
            "spring.sql.init.schema-locations=classpath:db/migration/V1__table.sql")) {
      assertMade(application, "flyway_made");
    }
  }

  private static void assertMade(ConfigurableApplicationContext application, String... tables) {
    assertThat(application.isActive()).isTrue();
    for (String table : tables) {
      assertThat(owner(table)).isEqualTo(SharedLakebase.get().servicePrincipal());
    }
  }
}
