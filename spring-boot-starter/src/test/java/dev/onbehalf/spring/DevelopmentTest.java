package dev.onbehalf.spring;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.InvalidSettingsException;
import dev.onbehalf.spring.autoconfigure.DatabaseConnectionDetails;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** A developer's machine without a proxy: who is taken for the developer, and who is not. */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DevelopmentTest {
  @TempDir private static Path folder;

  private static TestApplication application;

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  static class Application {
    @Bean
    Who who(JdbcClient jdbc) {
      return new Who(jdbc);
    }
  }

  /** Without a client of its own. */
  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  static class ByProfile extends Application {
    @Bean
    DatabaseConnectionDetails details(Environment environment) {
      Map<String, String> variables = SharedLakebase.get().environment();
      variables.keySet().removeAll(Set.of("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET"));
      variables.put("DATABRICKS_CONFIG_PROFILE", "shop");
      variables.put(
          "DATABRICKS_CONFIG_FILE", environment.getRequiredProperty("DATABRICKS_CONFIG_FILE"));
      return () -> variables;
    }
  }

  @RestController
  static class Who {
    private final JdbcClient jdbc;

    Who(JdbcClient jdbc) {
      this.jdbc = jdbc;
    }

    @GetMapping("/who")
    String who(
        @RequestHeader(name = "X-Forwarded-Access-Token", defaultValue = "hidden") String token) {
      return jdbc.sql("SELECT current_user").query(String.class).single() + " " + token;
    }
  }

  /** As the Databricks CLI keeps them. The application's part is one of the profiles too. */
  private static String configFile() throws IOException {
    return Files.writeString(
            folder.resolve("databrickscfg"),
            """
            [alice]
            token = %s

            [bob]
            token = %s

            [stale]
            token = dapi0123456789abcdef0123456789abcdef

            [shop]
            client_id = %s
            client_secret = %s
            """
                .formatted(
                    SharedLakebase.token(ALICE),
                    SharedLakebase.token(BOB),
                    SharedLakebase.get().environment().get("DATABRICKS_CLIENT_ID"),
                    SharedLakebase.get().environment().get("DATABRICKS_CLIENT_SECRET")))
        .toString();
  }

  private static TestApplication start(String user, String profile, String... more)
      throws IOException {
    return start(Application.class, user, profile, more);
  }

  private static TestApplication start(Class<?> type, String user, String profile, String... more)
      throws IOException {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("onbehalf.development.enabled", "true");
    properties.put("onbehalf.development.user", user);
    properties.put("onbehalf.development.profile", profile);
    properties.put("DATABRICKS_CONFIG_FILE", configFile());
    for (String property : more) {
      int end = property.indexOf('=');
      properties.put(property.substring(0, end), property.substring(end + 1));
    }
    return new TestApplication(
        type,
        properties.entrySet().stream()
            .map(it -> it.getKey() + "=" + it.getValue())
            .toArray(String[]::new));
  }

  @BeforeAll
  static void startOne() throws IOException {
    application = start(ByProfile.class, ALICE, "alice");
  }

  @AfterAll
  static void stopOne() {
    application.close();
  }

  @Test
  void aRequestOfThisMachinesWithoutAnIdentityIsTheDevelopersAndTheirTokenIsHidden() {
    HttpResponse<String> answer = application.send(application.request("/who"));
    assertThat(answer.body()).isEqualTo(ALICE + " hidden");
  }

  @Test
  void theApplicationsOwnPartMaySignInByAProfile() throws Exception {
    OnBehalf onBehalf = application.bean(OnBehalf.class);
    assertThat(SharedLakebase.whoIs(onBehalf.servicePrincipalDataSource()))
        .isEqualTo(SharedLakebase.get().servicePrincipal());
  }

  @Test
  void anIdentityThatIsForwardedCounts() {
    assertThat(application.send(application.as(BOB, "/who")).body()).startsWith(BOB);
    HttpRequest.Builder halves = application.request("/who").header("X-Forwarded-Email", BOB);
    assertThat(application.send(halves).statusCode()).isEqualTo(400);
    HttpRequest.Builder mixed =
        application.request("/who").header("X-Forwarded-Access-Token", SharedLakebase.token(BOB));
    assertThat(application.send(mixed).statusCode()).isNotEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "X-Forwarded-For, 203.0.113.9",
    "X-Forwarded-Host, shop.example.com",
    "Forwarded, for=203.0.113.9",
    "X-Real-IP, 203.0.113.9",
    "Origin, https://evil.example.com",
    "Origin, http://localhost.evil.example.com",
    "Origin, 'null'",
    "Origin, a b",
    "Sec-Fetch-Site, cross-site"
  })
  void whatAnybodyElseCanMakeComeIsNobodys(String header, String value) {
    HttpRequest.Builder request = application.request("/who").header(header, value);
    assertThat(application.send(request).statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({
    "Origin, http://localhost:3000",
    "Origin, http://127.0.0.1:8080",
    "Sec-Fetch-Site, same-origin",
    "Sec-Fetch-Site, same-site",
    "Sec-Fetch-Site, none"
  })
  void theirOwnPagesMayAsk(String header, String value) {
    HttpRequest.Builder request = application.request("/who").header(header, value);
    assertThat(application.send(request).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    ALICE + ", bob, 403",
    ALICE + ", stale, 401",
    ALICE + ", nobody, 401",
    "mallory@example.com, alice, 403"
  })
  void theTokenThatIsFoundIsProved(String user, String profile, int status, CapturedOutput output)
      throws IOException {
    try (TestApplication other = start(user, profile)) {
      assertThat(other.send(other.request("/who")).statusCode()).isEqualTo(status);
    }
    assertThat(output).doesNotContain(SharedLakebase.token(BOB), "dapi0123");
  }

  @Test
  void nobodyIsTheApplicationItself() throws IOException {
    String application = SharedLakebase.get().servicePrincipal();
    try (TestApplication other = start(application, "shop")) {
      assertThat(other.send(other.request("/who")).statusCode()).isEqualTo(403);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "onbehalf.development.enabled=false",
        "onbehalf.development.enabled=",
        "DATABRICKS_APP_NAME=shop",
        "DATABRICKS_APP_PORT=8000",
        "DATABRICKS_APP_PORT=",
        "DATABRICKS_APP_URL=https://shop.example.com",
        "spring.main.cloud-platform=kubernetes",
        "spring.main.cloud-platform=heroku",
        "server.forward-headers-strategy=native",
        "server.forward-headers-strategy=framework",
        "server.tomcat.remoteip.remote-ip-header=X-Forwarded-For",
        "onbehalf.development.user="
      })
  void whereItIsNotForDevelopmentNothingStarts(String property, CapturedOutput output) {
    assertThatThrownBy(() -> start(ALICE, "alice", property).close())
        .hasRootCauseInstanceOf(InvalidSettingsException.class)
        .rootCause()
        .hasMessageContaining("onbehalf.development.user is ");
    assertThat(output).contains("APPLICATION FAILED TO START");
  }

  @Test
  void aProxyThatIsBelievedProvesNothing() {
    assertThatThrownBy(
            () ->
                start(
                        ALICE,
                        "alice",
                        "onbehalf.identity.verifier=trusted-proxy",
                        "onbehalf.identity.trusted-proxies=127.0.0.1/32",
                        "server.forward-headers-strategy=none")
                    .close())
        .rootCause()
        .hasMessageContaining("trusted-proxy proves nobody's token");
  }

  @Test
  void itIsSaidAtTheStart(CapturedOutput output) throws IOException {
    start(BOB, "bob").close();
    assertThat(output.toString().lines().filter(line -> line.contains("are taken for " + BOB)))
        .singleElement()
        .asString()
        .contains("WARN", "onbehalf.development.user", "For development only");
  }
}
