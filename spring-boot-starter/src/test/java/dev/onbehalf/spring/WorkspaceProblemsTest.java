package dev.onbehalf.spring;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.spring.actuate.DatabaseHealthIndicator;
import dev.onbehalf.spring.actuate.PlatformHealthIndicator;
import dev.onbehalf.spring.autoconfigure.DatabaseConnectionDetails;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the workspace says against a request, as the person and the operator read it. */
@ExtendWith(OutputCaptureExtension.class)
class WorkspaceProblemsTest {
  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  static class Application {
    @Bean
    Who who(JdbcClient jdbc, @Qualifier("servicePrincipalDataSource") DataSource servicePrincipal) {
      return new Who(jdbc, JdbcClient.create(servicePrincipal));
    }
  }

  @RestController
  static class Who {
    private static final String WHO = "SELECT current_user";
    private final JdbcClient jdbc;
    private final JdbcClient application;

    Who(JdbcClient jdbc, JdbcClient application) {
      this.jdbc = jdbc;
      this.application = application;
    }

    @GetMapping("/who")
    String who() {
      return jdbc.sql(WHO).query(String.class).single();
    }

    @GetMapping("/application")
    String application() {
      return application.sql(WHO).query(String.class).single();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Import(Application.class)
  static class WithWrongEndpoint {
    @Bean
    DatabaseConnectionDetails details() {
      return () -> with("LAKEBASE_ENDPOINT", "projects/local/branches/main/endpoints/secondary");
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Import(Application.class)
  static class WithWrongSecret {
    @Bean
    DatabaseConnectionDetails details() {
      return () -> with("DATABRICKS_CLIENT_SECRET", "hush-hush");
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Import(Application.class)
  static class WithBrokenVerifier {
    @Bean
    IdentityVerifier verifier() {
      return identity -> {
        throw new IllegalStateException("can't read " + identity.accessToken().reveal());
      };
    }
  }

  private static Map<String, String> with(String name, String value) {
    Map<String, String> variables = new HashMap<>(SharedLakebase.get().environment());
    variables.put(name, value);
    return variables;
  }

  private static String token(String... scopes) {
    return SharedLakebase.get().accessToken(ALICE, Duration.ofHours(1), scopes);
  }

  private static HttpResponse<String> assertProblem(
      TestApplication application, HttpRequest.Builder request, int status, String type) {
    HttpResponse<String> response = application.send(request);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode problem = JsonMapper.shared().readTree(response.body());
    assertThat(problem.get("type").asString()).isEqualTo("urn:onbehalf:problem:" + type);
    assertThat(response.body())
        .doesNotContain(SharedLakebase.get().environment().get("DATABRICKS_HOST"))
        .doesNotContain("127.0.0.1");
    return response;
  }

  private static long lines(CapturedOutput output, String having) {
    return output.getAll().lines().filter(line -> line.contains(having)).count();
  }

  @Test
  void aTokenWithoutTheScopeIsToldWhichOneAlsoWhenAConnectionIsWarm(CapturedOutput output) {
    try (TestApplication application = new TestApplication(Application.class)) {
      String reading = token("iam.current-user:read");
      String says = "lacks the scope postgres, ";
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> cold =
            assertProblem(
                application, application.as(ALICE, reading, "/who"), 403, "missing-scope");
        assertThat(cold.body()).contains(says).contains("user_api_scopes");
      }
      assertThat(application.send(application.as(ALICE, "/who")).body()).isEqualTo(ALICE);
      String another = token("iam.current-user:read");
      HttpResponse<String> warm =
          assertProblem(application, application.as(ALICE, another, "/who"), 403, "missing-scope");
      assertThat(warm.body()).contains(says);
    }
    assertThat(lines(output, "lacks the scope postgres")).as("logged").isEqualTo(1);
  }

  @Test
  void anEndpointThatIsNotThereIsTheOperatorsMatter(CapturedOutput output) {
    try (TestApplication application = new TestApplication(WithWrongEndpoint.class)) {
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> response =
            assertProblem(application, application.as(BOB, "/who"), 503, "no-such-endpoint");
        assertThat(response.headers().firstValue("Retry-After")).isEmpty();
        assertThat(response.body())
            .contains("endpoints/secondary")
            .contains("LAKEBASE_ENDPOINT")
            .doesNotContain("Try again")
            .doesNotContain("databricks_create_role");
      }
      DataSource servicePrincipal = application.bean(OnBehalf.class).servicePrincipalDataSource();
      OnBehalfDatabase lakebase = application.bean(OnBehalfDatabase.class);
      Health health = new DatabaseHealthIndicator(servicePrincipal, lakebase).health();
      assertThat(String.valueOf(health.getDetails().get("reason")))
          .contains("no endpoint of the name in LAKEBASE_ENDPOINT");
    }
    assertThat(output.getAll().lines())
        .filteredOn(line -> line.contains("ERROR") && line.contains("endpoints/secondary"))
        .isNotEmpty();
  }

  @Test
  void aSecretThatIsWrongIsTheOperatorsMatterAndNobodyIsToldToSignInAgain() {
    try (TestApplication application = new TestApplication(WithWrongSecret.class)) {
      HttpResponse<String> response =
          assertProblem(
              application, application.as(BOB, "/application"), 503, "service-principal-refused");
      assertThat(response.headers().firstValue("Retry-After")).isEmpty();
      assertThat(response.body()).doesNotContain("ign in again").doesNotContain("hush-hush");
      Health health =
          new PlatformHealthIndicator(application.bean(OnBehalfDatabase.class)).health();
      assertThat(health.getDetails().get("reason"))
          .isEqualTo("The workspace refuses the service principal");
      assertThat(application.send(application.as(BOB, "/who")).body()).isEqualTo(BOB);
    }
  }

  @Test
  void aVerifierThatBreaksRefusesInOneLineWithoutStackOrToken(CapturedOutput output) {
    try (TestApplication application = new TestApplication(WithBrokenVerifier.class)) {
      String token = token("postgres");
      HttpResponse<String> response =
          assertProblem(
              application, application.as(ALICE, token, "/who"), 401, "identity-token-refused");
      assertThat(response.body()).doesNotContain(token);
      assertThat(output.getAll()).doesNotContain(token).doesNotContain("\tat ");
      assertThat(lines(output, "The proof of an access token failed")).isEqualTo(1);
    }
  }

  /** Before anybody asks for anything. */
  @Test
  void whatTheOperatorHasToMendIsSaidAtTheStart(CapturedOutput output) {
    try (TestApplication endpoint = new TestApplication(WithWrongEndpoint.class)) {
      assertThat(endpoint.port()).isPositive();
      await().until(() -> errors(output, "LAKEBASE_ENDPOINT") > 0);
    }
    try (TestApplication secret = new TestApplication(WithWrongSecret.class)) {
      assertThat(secret.port()).isPositive();
      await().until(() -> errors(output, "DATABRICKS_CLIENT_SECRET") > 0);
    }
    assertThat(output.getAll()).doesNotContain("\tat ");
  }

  private static long errors(CapturedOutput output, String about) {
    return output
        .getAll()
        .lines()
        .filter(line -> line.contains("ERROR") && line.contains(about))
        .count();
  }
}
