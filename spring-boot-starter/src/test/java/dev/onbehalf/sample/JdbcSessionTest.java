package dev.onbehalf.sample;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.TestApplication;
import dev.onbehalf.spring.WithoutSecurity;
import jakarta.servlet.http.HttpSession;
import java.net.http.HttpResponse;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.session.jdbc.config.annotation.SpringSessionDataSource;
import org.springframework.session.jdbc.config.annotation.SpringSessionTransactionManager;
import org.springframework.session.jdbc.config.annotation.web.http.EnableJdbcHttpSession;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Spring Session keeps its rows as the service principal, as docs/jobs.md declares it. */
class JdbcSessionTest {
  private static TestApplication application;

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  @EnableJdbcHttpSession
  static class Application {
    @Bean(defaultCandidate = false)
    @SpringSessionDataSource
    DataSource sessionDataSource(OnBehalf onBehalf) {
      return onBehalf.servicePrincipalDataSource();
    }

    @Bean(defaultCandidate = false)
    @SpringSessionTransactionManager
    PlatformTransactionManager sessionTransactions(
        @SpringSessionDataSource DataSource sessionDataSource) {
      return new JdbcTransactionManager(sessionDataSource);
    }

    @Bean
    Visits visits(JdbcClient jdbc) {
      return new Visits(jdbc);
    }
  }

  @RestController
  record Visits(JdbcClient jdbc) {
    @GetMapping("/visit")
    String visit(HttpSession session) {
      Integer before = (Integer) session.getAttribute("visits");
      int visits = before == null ? 1 : before + 1;
      session.setAttribute("visits", visits);
      return jdbc.sql("SELECT current_user").query(String.class).single() + " " + visits;
    }
  }

  @BeforeAll
  static void start() {
    application = new TestApplication(Application.class);
    new ResourceDatabasePopulator(
            new ClassPathResource("org/springframework/session/jdbc/schema-postgresql.sql"))
        .execute(application.bean(OnBehalf.class).servicePrincipalDataSource());
  }

  @AfterAll
  static void stop() {
    JdbcClient.create(application.bean(OnBehalf.class).servicePrincipalDataSource())
        .sql("DROP TABLE spring_session_attributes, spring_session")
        .update();
    application.close();
  }

  @Test
  void sessionsAreKeptWhereNoPersonHasRightsAndQueriesAreThePersons() {
    HttpResponse<String> first = application.send(application.as(ALICE, "/visit"));
    assertThat(first.body()).isEqualTo(ALICE + " 1");
    String cookie = first.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    assertThat(application.send(application.as(ALICE, "/visit").header("Cookie", cookie)).body())
        .isEqualTo(ALICE + " 2");
    assertThat(application.send(application.as(BOB, "/visit")).body()).isEqualTo(BOB + " 1");
    HttpResponse<String> bobs =
        application.send(application.as(BOB, "/visit").header("Cookie", cookie));
    assertThat(bobs.body()).isEqualTo(BOB + " 1");
    assertThat(bobs.headers().firstValue("Set-Cookie").orElse(cookie)).doesNotStartWith(cookie);
    assertThat(
            JdbcClient.create(SharedLakebase.get().superuser())
                .sql("SELECT DISTINCT tableowner FROM pg_tables WHERE tablename LIKE 'spring_s%'")
                .query(String.class)
                .list())
        .containsExactly(SharedLakebase.get().servicePrincipal());
  }
}
