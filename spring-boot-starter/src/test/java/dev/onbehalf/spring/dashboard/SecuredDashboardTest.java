package dev.onbehalf.spring.dashboard;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.spring.TestApplication;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.AuthenticationUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;

/** What secures the application's Actuator secures the picture, all of it. */
class SecuredDashboardTest {
  private static final String PAGE = "/actuator/onbehalfdashboard";
  private static TestApplication application;

  /** Bob runs it, and everybody else is a user. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {
    @Bean
    SecurityFilterChain everything(HttpSecurity http) {
      return http.authorizeHttpRequests(
              requests ->
                  requests
                      .requestMatchers(EndpointRequest.toAnyEndpoint())
                      .hasAuthority("operator")
                      .anyRequest()
                      .authenticated())
          .build();
    }

    @Bean
    AuthenticationUserDetailsService<PreAuthenticatedAuthenticationToken> people() {
      return token ->
          new User(
              token.getName(),
              "",
              token.getName().equals(BOB) ? List.of(() -> "operator") : List.of());
    }
  }

  @BeforeAll
  static void open() {
    application =
        new TestApplication(
            Application.class,
            "onbehalf.dashboard.enabled=true",
            "management.endpoints.web.exposure.include=onbehalfdashboard");
  }

  @AfterAll
  static void close() {
    application.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/index.html", "/dashboard.js", "/events"})
  void whoMayNotSeeTheActuatorSeesNoneOfIt(String path) {
    assertThat(application.send(application.as(ALICE, PAGE + path)).statusCode()).isEqualTo(403);
    assertThat(application.bean(Watch.class).isAwake()).isFalse();
  }

  @Test
  void whoMaySeesIt() {
    assertThat(application.send(application.as(BOB, PAGE + "/index.html")).statusCode())
        .isEqualTo(200);
    try (Events events = Events.of(application, application.port(), BOB)) {
      assertThat(events.status()).isEqualTo(200);
      await().until(() -> events.messages().size() > 2);
    }
    await().until(() -> !application.bean(Watch.class).isAwake());
  }
}
