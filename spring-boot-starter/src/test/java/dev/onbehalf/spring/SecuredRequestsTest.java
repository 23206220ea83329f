package dev.onbehalf.spring;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.token;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.userdetails.AuthenticationUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Requests of an application with Spring Security, over one single server thread. */
class SecuredRequestsTest {

  @RestController
  static class Endpoints {
    private final JdbcClient jdbc;
    private final OnBehalf onBehalf;

    Endpoints(JdbcClient jdbc, OnBehalf onBehalf) {
      this.jdbc = jdbc;
      this.onBehalf = onBehalf;
    }

    private String who() {
      return jdbc.sql("SELECT current_user").query(String.class).single();
    }

    @GetMapping({"/who", "/reports/who"})
    String whoAmI(Principal principal) {
      return principal.getName() + " " + who();
    }

    @PostMapping("/who")
    String post(Principal principal) {
      return whoAmI(principal);
    }

    @GetMapping("/later")
    Callable<String> later() {
      return this::who;
    }

    @GetMapping("/fails")
    String fails() {
      throw new IllegalStateException("in the middle, as " + who());
    }

    @GetMapping({"/open/nobody", "/admin/nobody"})
    String nobody(@Nullable Principal principal) {
      String name = principal == null ? "anonymous" : principal.getName();
      return name + " " + onBehalf.currentUser().orElse("nobody");
    }
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  abstract static class Requests {
    private final Class<?> configuration;
    TestApplication application;

    Requests(Class<?> configuration) {
      this.configuration = configuration;
    }

    @BeforeAll
    void start() {
      application =
          new TestApplication(
              configuration,
              "server.tomcat.threads.max=1",
              "server.tomcat.threads.min-spare=1",
              "onbehalf.identity.exempt-paths=/open/**,/admin/**");
    }

    @AfterAll
    void stop() {
      application.close();
    }

    String body(HttpRequest.Builder request) {
      HttpResponse<String> response = application.send(request);
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return response.body();
    }

    private void assertProblem(HttpRequest.Builder request, int status, String type) {
      HttpResponse<String> response = application.send(request);
      assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
      assertThat(response.headers().firstValue("Content-Type"))
          .hasValue("application/problem+json");
      assertThat(response.body()).contains("urn:onbehalf:problem:" + type);
    }

    @Test
    void thePrincipalIsThePersonAndSoIsTheDatabasesUser() {
      assertThat(body(application.as(ALICE, "/who"))).isEqualTo(ALICE + " " + ALICE);
      assertThat(body(application.as(BOB, "/who"))).isEqualTo(BOB + " " + BOB);
      assertThat(body(application.as(BOB, "/later"))).isEqualTo(BOB);
    }

    @Test
    void noSessionRemembersThePerson() {
      HttpResponse<String> response = application.send(application.as(ALICE, "/who"));
      assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void refusalsAreThoseOfAnApplicationWithoutSpringSecurity() {
      assertProblem(application.request("/who"), 401, "identity-missing");
      assertProblem(
          application.request("/who").header("X-Forwarded-Email", ALICE),
          400,
          "identity-malformed");
      assertProblem(application.as(ALICE, token(BOB), "/who"), 403, "identity-mismatch");
    }

    @Test
    void aThreadForgetsThePersonWhoseRequestFailedInTheMiddle() {
      assertThat(application.send(application.as(ALICE, "/fails")).statusCode()).isEqualTo(500);
      assertThat(body(application.request("/open/nobody"))).isEqualTo("anonymous nobody");
      assertThat(body(application.as(BOB, "/who"))).isEqualTo(BOB + " " + BOB);
    }

    @Test
    void exemptPathsNeedNoIdentityAndHaveNobodysRights() {
      assertThat(body(application.request("/open/nobody"))).isEqualTo("anonymous nobody");
      assertThat(body(application.as(ALICE, "/open/nobody"))).isEqualTo("anonymous nobody");
    }
  }

  /** Without a word from the application: Boot's own chain. */
  @Nested
  class ByDefault extends Requests {
    ByDefault() {
      super(Default.class);
    }

    @Test
    void writingStillNeedsTheTokenAgainstForgedRequests() {
      HttpRequest.Builder post = application.as(ALICE, "/who").POST(BodyPublishers.noBody());
      assertThat(application.send(post).statusCode()).isEqualTo(403);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Default {
    @Bean
    Endpoints endpoints(JdbcClient jdbc, OnBehalf onBehalf) {
      return new Endpoints(jdbc, onBehalf);
    }
  }

  /** With rules of the application's own, and another way in for administrators. */
  @Nested
  class ByItsOwnRules extends Requests {
    ByItsOwnRules() {
      super(OwnRules.class);
    }

    @Test
    void authoritiesComeFromTheApplication() {
      assertThat(body(application.as(ALICE, "/reports/who"))).isEqualTo(ALICE + " " + ALICE);
      assertThat(application.send(application.as(BOB, "/reports/who")).statusCode()).isEqualTo(403);
    }

    @Test
    void anExemptPathIsNotOpenedByThat() {
      assertThat(application.send(application.request("/admin/nobody")).statusCode())
          .isEqualTo(401);
      assertThat(application.send(application.as(ALICE, "/admin/nobody")).statusCode())
          .isEqualTo(401);
      assertThat(body(basic(application.request("/admin/nobody")))).isEqualTo("admin nobody");
    }

    @Test
    void thePersonsRightsStayWhoeverElseSignsInBesidesThem() {
      assertThat(body(basic(application.as(ALICE, "/who")))).isEqualTo("admin " + ALICE);
    }

    @Test
    void somebodyWhomTheSessionRemembersGivesWayToThePersonAndIsRememberedStill() {
      HttpRequest.Builder form =
          application
              .request("/admin/login")
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(BodyPublishers.ofString("username=admin&password=secret"));
      String cookie =
          application.send(form).headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
      assertThat(body(application.request("/admin/nobody").header("Cookie", cookie)))
          .isEqualTo("admin nobody");
      assertThat(body(application.as(ALICE, "/who").header("Cookie", cookie)))
          .isEqualTo(ALICE + " " + ALICE);
      assertThat(body(application.request("/admin/nobody").header("Cookie", cookie)))
          .isEqualTo("admin nobody");
    }

    private static HttpRequest.Builder basic(HttpRequest.Builder request) {
      byte[] credentials = "admin:secret".getBytes(StandardCharsets.UTF_8);
      return request.header(
          "Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class OwnRules {
    @Bean
    Endpoints endpoints(JdbcClient jdbc, OnBehalf onBehalf) {
      return new Endpoints(jdbc, onBehalf);
    }

    @Bean
    SecurityFilterChain chain(HttpSecurity http) {
      return http.authorizeHttpRequests(
              requests ->
                  requests
                      .requestMatchers("/admin/**")
                      .hasRole("ADMIN")
                      .requestMatchers("/reports/**")
                      .hasAuthority("reports")
                      .requestMatchers("/open/**", "/error")
                      .permitAll()
                      .anyRequest()
                      .authenticated())
          .httpBasic(Customizer.withDefaults())
          .formLogin(form -> form.loginProcessingUrl("/admin/login"))
          .csrf(csrf -> csrf.disable())
          .exceptionHandling(
              refused ->
                  refused.authenticationEntryPoint(
                      new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED)))
          .build();
    }

    @Bean
    UserDetailsService administrators() {
      return new InMemoryUserDetailsManager(
          User.withUsername("admin").password("{noop}secret").roles("ADMIN").build());
    }

    @Bean
    AuthenticationUserDetailsService<PreAuthenticatedAuthenticationToken> people() {
      return token -> {
        String name = token.getName();
        if (name.isEmpty()) {
          throw new UsernameNotFoundException(name);
        }
        return new User(
            name,
            "",
            name.equals(ALICE) ? List.of(new SimpleGrantedAuthority("reports")) : List.of());
      };
    }
  }
}
