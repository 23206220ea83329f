package dev.onbehalf.spring;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.servlet.RawHttp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** One event a lease: who, as which role, from when to when, in which request; and nothing else. */
@ExtendWith(OutputCaptureExtension.class)
class AuditTest {
  private static final String IN_SQL = "said-in-sql-0123";
  private static TestApplication application;

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  static class Application {
    @Bean
    Who who(JdbcClient jdbc, OnBehalf onBehalf) {
      return new Who(jdbc, onBehalf);
    }
  }

  @RestController
  static class Who {
    private final JdbcClient jdbc;
    private final OnBehalf onBehalf;

    Who(JdbcClient jdbc, OnBehalf onBehalf) {
      this.jdbc = jdbc;
      this.onBehalf = onBehalf;
    }

    @GetMapping("/who")
    String who() {
      return jdbc.sql("SELECT current_user || '' || substr('" + IN_SQL + "', 1, 0)")
          .query(String.class)
          .single();
    }

    @GetMapping("/application")
    String application() {
      return onBehalf.asServicePrincipal(this::who);
    }
  }

  @BeforeAll
  static void open() {
    application = new TestApplication(Application.class, "onbehalf.audit.enabled=true");
  }

  @AfterAll
  static void close() {
    application.close();
  }

  private static List<String> told(CapturedOutput output, String request) {
    return output
        .getAll()
        .lines()
        .filter(it -> it.contains("lease person=") && it.contains("request=\"" + request))
        .toList();
  }

  @Test
  void aLeaseIsToldWithWhoAsWhichRoleWhenAndInWhichRequest(CapturedOutput output) {
    Instant before = Instant.now();
    application.send(application.as(ALICE, "/who").header("X-Request-Id", "first-1"));
    await().until(() -> told(output, "first-1").size() == 1);
    String line = told(output, "first-1").get(0);
    assertThat(line)
        .contains("dev.onbehalf.audit")
        .contains("person=\"" + ALICE + "\" role=\"" + ALICE + "\"");
    Instant from = Instant.parse(line.replaceFirst(".* from=(\\S+) .*", "$1"));
    Instant to = Instant.parse(line.replaceFirst(".* to=(\\S+) .*", "$1"));
    assertThat(from).isBetween(before, to);
    assertThat(to).isBefore(Instant.now().plusMillis(1));
  }

  @Test
  void whatTheApplicationDoesAsItselfForAPersonIsToldWithBoth(CapturedOutput output) {
    application.send(application.as(ALICE, "/application").header("X-Request-Id", "second-2"));
    await().until(() -> told(output, "second-2").size() == 1);
    assertThat(told(output, "second-2").get(0))
        .contains("person=\"" + ALICE + "\"")
        .contains("role=\"" + SharedLakebase.get().servicePrincipal() + "\"");
  }

  @Test
  void neitherTokenNorSqlNorAStrangersLineIsWritten(CapturedOutput output) {
    String token = SharedLakebase.token(ALICE);
    String identity =
        "X-Forwarded-Email: %s\r\nX-Forwarded-Access-Token: %s\r\n".formatted(ALICE, token);
    for (String id :
        List.of(
            "third-3\r\n lease person=\"root\"", // a folded line
            "third-3\u0085lease person=\"root\"",
            "third-3\" role=\"root",
            "third-3\tlease",
            "third-3" + "x".repeat(4_000))) {
      RawHttp.send(application.port(), "GET /who", identity + "X-Request-Id: " + id + "\r\n");
    }
    application.send(application.as(ALICE, token, "/who").header("X-Request-Id", "third-3-end"));
    await().until(() -> told(output, "third-3-end").size() == 1);
    List<String> told = told(output, "third-3");
    assertThat(told).hasSizeBetween(2, 6).allMatch(it -> it.length() < 600);
    assertThat(output.getAll().lines().filter(it -> it.contains("person=\"root\""))).isEmpty();
    assertThat(output.getAll().lines().filter(it -> it.contains(" role=\"root"))).isEmpty();
    assertThat(output.getAll()).doesNotContain(token).doesNotContain(IN_SQL);
  }

  @Test
  void namesThatBreakALineOrLookLikeAFieldDoNot(CapturedOutput output) {
    new LoggedLeaseAudit()
        .ended(
            new LeaseAudit.Lease(
                Optional.of("eve\n2026-01-01 lease person=\"bob\u2028\u202e\u3164\u2800"),
                "eve\" role=\"postgres",
                false,
                Instant.EPOCH,
                Instant.EPOCH,
                Optional.empty()));
    assertThat(output.getAll().lines().filter(it -> it.contains("lease person="))).hasSize(1);
    assertThat(output.getAll())
        .contains("person=\"eve?2026-01-01 lease person=\\\"bob????\"")
        .contains("role=\"eve\\\" role=\\\"postgres\"");
  }

  @Test
  void itIsOffUnlessItIsAskedFor(CapturedOutput output) {
    try (TestApplication other = new TestApplication(Application.class)) {
      other.send(other.as(ALICE, "/who").header("X-Request-Id", "fourth-4"));
    }
    assertThat(told(output, "fourth-4")).isEmpty();
  }
}
