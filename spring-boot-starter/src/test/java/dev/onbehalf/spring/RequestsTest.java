package dev.onbehalf.spring;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.CAROL;
import static dev.onbehalf.spring.SharedLakebase.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.Faults.Fault;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.web.error.ErrorAttributeOptions;
import org.springframework.boot.webmvc.error.DefaultErrorAttributes;
import org.springframework.boot.webmvc.error.ErrorAttributes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests of an application without Spring Security, over one single server thread. */
class RequestsTest {
  private static TestApplication application;

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  static class Application {
    @Bean
    Endpoints endpoints(
        JdbcClient jdbc,
        @Qualifier("servicePrincipalDataSource") DataSource servicePrincipal,
        OnBehalf onBehalf) {
      return new Endpoints(jdbc, JdbcClient.create(servicePrincipal), onBehalf);
    }
  }

  @RestController
  static class Endpoints {
    private static final String WHO = "SELECT current_user";

    private final JdbcClient jdbc;
    private final JdbcClient application;
    private final OnBehalf onBehalf;

    Endpoints(JdbcClient jdbc, JdbcClient application, OnBehalf onBehalf) {
      this.jdbc = jdbc;
      this.application = application;
      this.onBehalf = onBehalf;
    }

    private String who() {
      return jdbc.sql(WHO).query(String.class).single();
    }

    @GetMapping({"/who", "/open/who"})
    String whoAmI() {
      return who();
    }

    @GetMapping("/open/nobody")
    String nobody() {
      return onBehalf.currentUser().orElse("nobody");
    }

    @GetMapping("/application")
    String application() {
      return onBehalf.asServicePrincipal(this::who)
          + " "
          + application.sql(WHO).query(String.class).single()
          + " "
          + who();
    }

    @GetMapping("/async")
    Callable<String> async() {
      return () -> "later";
    }

    @GetMapping("/dispatched")
    CompletableFuture<Late> dispatched() {
      // completed from a thread that knows nobody; the answer is written in an async dispatch
      return CompletableFuture.supplyAsync(() -> new Late(this));
    }

    /** Asks the database while it is written. */
    static final class Late {
      private final Endpoints endpoints;

      Late(Endpoints endpoints) {
        this.endpoints = endpoints;
      }

      public String getUser() {
        return endpoints.who();
      }
    }

    @GetMapping("/fails")
    String fails() {
      throw new IllegalStateException("in the middle, as " + who());
    }

    @GetMapping("/sends-error")
    void sendsError(HttpServletResponse response) throws IOException {
      response.sendError(418);
    }

    @GetMapping("/forbidden")
    String forbidden() {
      return jdbc.sql("SELECT rolpassword FROM pg_authid").query(String.class).list().toString();
    }

    @GetMapping("/violated")
    String violated() {
      throw new DataIntegrityViolationException("my own affair");
    }
  }

  /** Asks the database while the error page is made. */
  @Configuration(proxyBeanMethods = false)
  static class ErrorPage {
    @Bean
    ErrorAttributes errorAttributes(OnBehalf onBehalf) {
      return new DefaultErrorAttributes() {
        @Override
        public Map<String, Object> getErrorAttributes(
            WebRequest request, ErrorAttributeOptions options) {
          Map<String, Object> attributes = super.getErrorAttributes(request, options);
          attributes.put("user", onBehalf.currentUser().orElse("nobody"));
          return attributes;
        }
      };
    }
  }

  @BeforeAll
  static void start() {
    application =
        new TestApplication(
            Both.class,
            "server.tomcat.threads.max=1",
            "server.tomcat.threads.min-spare=1",
            "onbehalf.identity.exempt-paths=/open/**,/health",
            "onbehalf.group=shop_users",
            "onbehalf.pool.connection-timeout=5s");
  }

  @Configuration(proxyBeanMethods = false)
  @Import({Application.class, ErrorPage.class})
  static class Both {}

  @AfterAll
  static void stop() {
    application.close();
  }

  @AfterEach
  void mend() {
    SharedLakebase.get().faults().clear();
  }

  private static String body(HttpRequest.Builder request) {
    HttpResponse<String> response = application.send(request);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  private static HttpResponse<String> assertProblem(
      HttpRequest.Builder request, int status, String type) {
    HttpResponse<String> response = application.send(request);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonNode problem = JsonMapper.shared().readTree(response.body());
    assertThat(problem.get("type").asString()).isEqualTo("urn:onbehalf:problem:" + type);
    assertThat(problem.get("detail").asString()).isNotBlank();
    assertThat(problem.get("title").asString()).isNotBlank();
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("instance").asString()).isEqualTo(request.build().uri().getPath());
    return response;
  }

  @Test
  void queriesOfARequestRunAsThePersonBehindIt() {
    assertThat(body(application.as(ALICE, "/who"))).isEqualTo(ALICE);
    assertThat(body(application.as(BOB, "/who"))).isEqualTo(BOB);
  }

  @Test
  void theServicePrincipalIsThereByNameAndThePersonAfterwards() {
    String role = SharedLakebase.get().servicePrincipal();
    assertThat(body(application.as(ALICE, "/application")))
        .isEqualTo(role + " " + role + " " + ALICE);
  }

  /** The server has one thread, so the second request runs on the first one's. */
  @Test
  void aThreadForgetsThePersonWhoseRequestFailedInTheMiddle() {
    HttpResponse<String> failed = application.send(application.as(ALICE, "/fails"));
    assertThat(failed.statusCode()).isEqualTo(500);
    assertThat(body(application.request("/open/nobody"))).isEqualTo("nobody");
    assertThat(body(application.as(BOB, "/who"))).isEqualTo(BOB);
    assertThat(application.send(application.as(ALICE, "/sends-error")).statusCode()).isEqualTo(418);
    assertThat(body(application.request("/open/nobody"))).isEqualTo("nobody");
  }

  @Test
  void theErrorPageBelongsToThePersonToo() {
    assertThat(application.send(application.as(ALICE, "/fails")).body())
        .contains("\"user\":\"" + ALICE + "\"");
    assertThat(application.send(application.as(BOB, "/sends-error")).body())
        .contains("\"user\":\"" + BOB + "\"");
  }

  @Test
  void asynchronousAnswersAreWritten() {
    assertThat(body(application.as(ALICE, "/async"))).isEqualTo("later");
  }

  @Test
  void anAsyncDispatchBelongsToThePersonToo() {
    assertThat(body(application.as(ALICE, "/dispatched")))
        .isEqualTo("{\"user\":\"" + ALICE + "\"}");
    assertThat(body(application.as(BOB, "/dispatched"))).isEqualTo("{\"user\":\"" + BOB + "\"}");
  }

  @Test
  void exemptPathsNeedNoIdentityAndHaveNobodysRights() {
    assertThat(body(application.request("/open/nobody"))).isEqualTo("nobody");
    assertThat(body(application.as(ALICE, "/open/nobody"))).isEqualTo("nobody");
    assertProblem(application.as(ALICE, "/open/who"), 500, "unexpected");
  }

  @Test
  void anExemptPathInAnotherSpellingOpensNothing() {
    for (String path :
        new String[] {
          "/open/../who", "/open/%2e%2e/who", "/open;x=1/../who", "//who", "/who;open"
        }) {
      HttpResponse<String> response = application.send(application.request(path));
      assertThat(response.statusCode()).as(path).isBetween(400, 499);
    }
  }

  @Test
  void withoutAnIdentityOneIsAskedToSignIn() {
    HttpResponse<String> response =
        assertProblem(application.request("/who"), 401, "identity-missing");
    assertThat(response.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    assertThat(response.body()).contains("Sign in through the proxy");
  }

  /** Who is not signed in does not learn which paths there are. */
  @Test
  void anUnknownPathAsksToSignInTooAndIsNotFoundOnlyThen() {
    assertProblem(application.request("/no-such-page"), 401, "identity-missing");
    assertThat(application.send(application.as(ALICE, "/no-such-page")).statusCode())
        .isEqualTo(404);
  }

  @Test
  void aMalformedIdentityIsABadRequest() {
    assertProblem(
        application.request("/who").header("X-Forwarded-Email", ALICE), 400, "identity-malformed");
    assertProblem(
        application.as(ALICE, "/who").header("X-Forwarded-Email", BOB), 400, "identity-malformed");
  }

  @Test
  void anothersTokenIsForbiddenAndTouchesNoConnection() {
    OnBehalfDatabase lakebase = application.bean(OnBehalfDatabase.class);
    long acquired = lakebase.statistics().acquired();
    HttpResponse<String> response =
        assertProblem(application.as(ALICE, token(BOB), "/who"), 403, "identity-mismatch");
    assertThat(lakebase.statistics().acquired()).isEqualTo(acquired);
    assertThat(response.body()).doesNotContain(token(BOB));
  }

  @Test
  void anExpiredTokenAsksToSignInAgain() {
    String expired = SharedLakebase.get().accessToken(ALICE, Duration.ofSeconds(-5));
    assertProblem(application.as(ALICE, expired, "/who"), 401, "identity-token-refused");
  }

  @Test
  void anUnreachableWorkspaceIsWorthAnotherTry() {
    try (Fault down = SharedLakebase.get().faults().failWorkspace(500)) {
      HttpResponse<String> response =
          assertProblem(application.as(ALICE, "/who"), 503, "workspace-unreachable");
      assertThat(response.headers().firstValue("Retry-After")).hasValue("5");
    }
  }

  @Test
  void aPersonWithoutARoleIsToldTheSqlThatMakesIt() {
    HttpResponse<String> response = assertProblem(application.as(CAROL, "/who"), 403, "no-role");
    JsonNode problem = JsonMapper.shared().readTree(response.body());
    assertThat(problem.get("user").asString()).isEqualTo(CAROL);
    assertThat(problem.get("detail").asString())
        .contains("SELECT public.databricks_create_role('carol@example.com', 'USER');")
        .contains("GRANT \"shop_users\" TO \"carol@example.com\";")
        .contains("databricks postgres create-role projects/");
  }

  /** With the same SQLState, so that a stranger can't find out which roles there are. */
  @Test
  void aRefusedCredentialIsNotToldAsAMissingRole() {
    application.bean(OnBehalfDatabase.class).evictAll();
    try (Fault refused = SharedLakebase.get().faults().refuseDatabaseCredentials()) {
      HttpResponse<String> response = assertProblem(application.as(BOB, "/who"), 403, "no-role");
      assertThat(JsonMapper.shared().readTree(response.body()).get("detail").asString())
          .startsWith("PostgreSQL refuses the login of \"bob@example.com\" (28P01).")
          .contains("If there is such a role, it is their credential")
          .contains("If there is none, ask an administrator");
    }
  }

  @Test
  void aMissingRightIsToldWithTheGrant() {
    HttpResponse<String> response =
        assertProblem(application.as(ALICE, "/forbidden"), 403, "permission-denied");
    assertThat(JsonMapper.shared().readTree(response.body()).get("detail").asString())
        .contains("permission denied for table pg_authid")
        .contains("GRANT \"shop_users\" TO \"alice@example.com\";");
  }

  @Test
  void theApplicationsOwnFailuresAreLeftToIt() {
    HttpResponse<String> response = application.send(application.as(ALICE, "/violated"));
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("urn:onbehalf");
  }
}
