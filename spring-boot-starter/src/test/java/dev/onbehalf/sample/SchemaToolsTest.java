package dev.onbehalf.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.spring.SharedLakebase;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Flyway and Liquibase work at the start, when nobody is there: as the service principal. */
class SchemaToolsTest {
  private static final String NO_JPA =
      "spring.autoconfigure.exclude=" + String.join(",", Sample.WITHOUT_JPA);

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
    Shop.execute("DROP TABLE IF EXISTS parcel, flyway_schema_history");
    Shop.execute("DROP TABLE IF EXISTS parcel, databasechangelog, databasechangeloglock");
  }

  @Test
  void flywayMigratesAsTheServicePrincipal() {
    try (ConfigurableApplicationContext application =
        Batch.start(
            Application.class,
            NO_JPA,
            "spring.flyway.enabled=true",
            "spring.flyway.locations=classpath:flyway")) {
      assertMadeByTheServicePrincipal("flyway_schema_history", application);
    }
  }

  @Test
  void liquibaseMigratesAsTheServicePrincipal() {
    try (ConfigurableApplicationContext application =
        Batch.start(
            Application.class,
            NO_JPA,
            "spring.liquibase.enabled=true",
            "spring.liquibase.change-log=classpath:liquibase/changelog.sql")) {
      assertMadeByTheServicePrincipal("databasechangelog", application);
    }
  }

  @Test
  void schemaScriptsRunAsTheServicePrincipal() {
    try (ConfigurableApplicationContext application =
        Batch.start(
            Application.class,
            NO_JPA,
            "spring.sql.init.mode=always",
            "spring.sql.init.schema-locations=classpath:flyway/V1__parcel.sql")) {
      assertMadeByTheServicePrincipal("parcel", application);
    }
  }

  private static void assertMadeByTheServicePrincipal(String own, BeanFactory application) {
    String servicePrincipal = SharedLakebase.get().servicePrincipal();
    assertThat(owner("parcel")).isEqualTo(servicePrincipal);
    assertThat(owner(own)).isEqualTo(servicePrincipal);
    DataSource dataSource = application.getBean("servicePrincipalDataSource", DataSource.class);
    assertThat(
            JdbcClient.create(dataSource)
                .sql("SELECT count(*) FROM parcel")
                .query(Long.class)
                .single())
        .isZero();
  }
}
