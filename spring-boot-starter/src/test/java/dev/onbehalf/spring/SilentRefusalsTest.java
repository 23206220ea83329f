package dev.onbehalf.spring;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.lakebase.LakebaseSettings;
import dev.onbehalf.lakebaselocal.Faults.Fault;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What is answered to somebody who is not proved names nothing of the inside. */
@ExtendWith(OutputCaptureExtension.class)
class SilentRefusalsTest {
  private static final LakebaseLocal local = SharedLakebase.get();
  private static TestApplication application;

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  static class Application {
    @Bean
    Endpoint endpoint() {
      return new Endpoint();
    }
  }

  /** Where the workspace should be, nobody listens. */
  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  static class WithoutWorkspace {
    @Bean
    LakebaseSettings lakebaseSettings() {
      Map<String, String> variables = new HashMap<>(local.environment());
      variables.put("DATABRICKS_HOST", "http://127.0.0.1:1");
      return LakebaseSettings.builder()
          .environment(variables)
          .timeout(Duration.ofSeconds(3))
          .build();
    }
  }

  @RestController
  static class Endpoint {
    @GetMapping("/page")
    String page() {
      return "a page";
    }
  }

  @BeforeAll
  static void start() {
    application = started();
  }

  private static TestApplication started(String... properties) {
    return new TestApplication(Application.class, properties);
  }

  @AfterAll
  static void stop() {
    application.close();
  }

  @AfterEach
  void mend() {
    local.faults().clear();
  }

  private static HttpResponse<String> assertSilent(
      TestApplication asked, HttpRequest.Builder request, int status, String type) {
    return assertSilent(asked.send(request), status, type);
  }

  private static HttpResponse<String> assertSilent(
      HttpResponse<String> response, int status, String type) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.body()).contains("\"urn:onbehalf:problem:" + type + "\"");
    String all = response.body() + response.headers().map();
    Map<String, String> environment = local.environment();
    assertThat(all)
        .doesNotContain(environment.get("DATABRICKS_HOST"))
        .doesNotContain(":" + URI.create(environment.get("DATABRICKS_HOST")).getPort())
        .doesNotContain(environment.get("DATABRICKS_CLIENT_ID"))
        .doesNotContain(environment.get("LAKEBASE_ENDPOINT"))
        .doesNotContain(environment.get("PGSSLROOTCERT"))
        .doesNotContain("PGHOST", "127.0.0.1", "localhost", "http:", "https:", "/api/")
        .doesNotContain("dev.onbehalf", "com.databricks", "com.nimbusds", "org.", "java.")
        .doesNotContain("Exception", "INTERNAL_ERROR", "UNAUTHENTICATED");
    return response;
  }

  @Test
  void noIdentityAMalformedOneAndARepeatedOne() {
    assertSilent(application, application.request("/page"), 401, "identity-missing");
    assertSilent(
        application,
        application.request("/page").header("X-Forwarded-Email", ALICE),
        400,
        "identity-malformed");
    assertSilent(
        application,
        application.as(ALICE, "/page").header("X-Forwarded-Email", BOB),
        400,
        "identity-malformed");
  }

  @Test
  void aTokenThatIsNobodysThatHasEndedAndThatIsAnothers() {
    assertSilent(
        application, application.as(ALICE, "made-up", "/page"), 401, "identity-token-refused");
    assertSilent(
        application,
        application.as(ALICE, local.accessToken(ALICE, Duration.ofMinutes(-5)), "/page"),
        401,
        "identity-token-refused");
    assertSilent(application, application.as(ALICE, token(BOB), "/page"), 403, "identity-mismatch");
  }

  /** Whether there is somebody of that name. */
  @Test
  void theSameIsSaidOfAnAddressThatExistsAndOfOneThatDoesNot() {
    HttpResponse<String> known = application.send(application.as(ALICE, "made-up", "/page"));
    HttpResponse<String> unknown =
        application.send(application.as("nobody@example.com", "made-up-too", "/page"));
    assertThat(unknown.statusCode()).isEqualTo(known.statusCode());
    assertThat(unknown.body()).isEqualTo(known.body());
  }

  @Test
  void aWorkspaceThatFailsWhichTheLogNamesAndOnlyOnce(CapturedOutput log) {
    try (TestApplication other = started();
        Fault failing = local.faults().failWorkspace(500)) {
      for (int i = 0; i < 4; i++) { // each takes as long as the SDK tries again
        HttpResponse<String> response =
            assertSilent(other, other.as(ALICE, "/page"), 503, "workspace-unreachable");
        assertThat(response.headers().firstValue("Retry-After")).hasValue("5");
      }
    }
    String url = local.environment().get("DATABRICKS_HOST");
    assertThat(log.getAll())
        .containsOnlyOnce(url + " could not be asked whose an access token is: 500");
  }

  @Test
  void aWorkspaceThatCannotBeReached(CapturedOutput log) {
    try (TestApplication other =
        new TestApplication(WithoutWorkspace.class, "server.error.include-message=always")) {
      assertSilent(other, other.as(ALICE, "/page"), 503, "workspace-unreachable");
      assertSilent(other, other.as(ALICE, "/page"), 503, "workspace-unreachable");
    }
    assertThat(log.getAll())
        .containsOnlyOnce("http://127.0.0.1:1 could not be asked whose an access token is: ");
  }

  @Test
  void aWorkspaceThatHangs() {
    try (TestApplication other = started("onbehalf.pool.connection-timeout=1s");
        Fault hanging = local.faults().delayWorkspace(Duration.ofSeconds(30))) {
      assertSilent(other, other.as(ALICE, "/page"), 503, "workspace-unreachable");
    }
  }

  @Test
  void keysOfTheIssuerThatCannotBeFetchedWhichTheLogNames(CapturedOutput log) {
    try (TestApplication other =
        started(
            "onbehalf.identity.verifier=jwt",
            "onbehalf.identity.jwt.issuer=https://issuer.example.com",
            "onbehalf.identity.jwt.jwks-uri=http://127.0.0.1:1/keys",
            "onbehalf.identity.jwt.audiences=shop")) {
      assertSilent(other, other.as(ALICE, "/page"), 503, "workspace-unreachable");
    }
    assertThat(log.getAll()).contains("http://127.0.0.1:1/keys");
  }

  @Test
  void aProxyThatIsNotBelieved() {
    try (TestApplication other =
        started(
            "onbehalf.identity.verifier=trusted-proxy",
            "onbehalf.identity.trusted-proxies=10.9.9.0/24")) {
      HttpResponse<String> response =
          assertSilent(other, other.as(ALICE, "/page"), 403, "identity-untrusted-proxy");
      assertThat(response.body()).doesNotContain("10.9.9");
    }
  }

  /** 429 and no 5xx: strangers can't make the application look ill to a load balancer. */
  @Test
  void tooManyWhoWaitForTheirProofAreToldToComeAgainInASecond() {
    ExecutorService threads = Executors.newCachedThreadPool();
    Queue<HttpResponse<String>> answers = new ConcurrentLinkedQueue<>();
    try (TestApplication other = started("onbehalf.pool.connection-timeout=60s");
        Fault hanging = local.faults().delayWorkspace(Duration.ofSeconds(60))) {
      for (int i = 0; i < 100; i++) {
        HttpRequest.Builder stranger =
            other.as("ghost-%s@example.com".formatted(i), "made-up-" + i, "/page");
        threads.execute(() -> answers.add(other.send(stranger)));
      }
      await().atMost(Duration.ofSeconds(50)).until(() -> answers.size() >= 40);
      for (HttpResponse<String> answer : answers) {
        assertSilent(answer, 429, "identity-busy");
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
