package dev.onbehalf.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.Faults.Fault;
import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.TestApplication;
import dev.onbehalf.spring.actuate.DatabaseHealthIndicator;
import dev.onbehalf.spring.actuate.PlatformHealthIndicator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** What only an operator can mend is called by its name at the start, and shortly. */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WrongAtStartTest {
  private static final String TYPO = "projects/local/branches/mian/endpoints/primary";

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  private static ConfigurableApplicationContext run(boolean migrating, Map<String, String> wrong) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--spring.liquibase.enabled=" + migrating);
    Map<String, String> variables = SharedLakebase.get().environment();
    variables.putAll(wrong);
    variables.forEach((name, value) -> arguments.add("--" + name + "=" + value));
    return new SpringApplicationBuilder(Application.class)
        .web(WebApplicationType.NONE)
        .properties(
            "spring.main.banner-mode=off",
            "spring.flyway.enabled=false",
            TestApplication.WITHOUT_JPA)
        .run(arguments.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LAKEBASE_ENDPOINT|" + TYPO + "|LAKEBASE_ENDPOINT",
        "DATABRICKS_CLIENT_SECRET|wrong-secret|DATABRICKS_CLIENT_SECRET",
        "DATABRICKS_CLIENT_ID|someone-else|DATABRICKS_CLIENT_ID",
        "PGSSLROOTCERT|system|PGSSLROOTCERT"
      })
  void aStartThatNeedsTheDatabaseFailsInFewLines(
      String name, String value, String says, CapturedOutput output) {
    assertThatThrownBy(() -> run(true, Map.of(name, value))).isInstanceOf(RuntimeException.class);
    String text = output.toString();
    String tail = text.substring(text.indexOf("APPLICATION FAILED TO START"));
    assertThat(text).contains("APPLICATION FAILED TO START").doesNotContain("\tat ");
    assertThat(tail).contains(says).doesNotContainIgnoringCase("a few seconds");
    assertThat(tail).doesNotContain("wrong-secret");
    assertThat(text.lines().filter(line -> line.contains(says))).isNotEmpty();
    assertThat(tail.lines().count()).as(tail).isLessThanOrEqualTo(20);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LAKEBASE_ENDPOINT|"
            + TYPO
            + "|has no endpoint \""
            + TYPO
            + "\"|no endpoint of the name in LAKEBASE_ENDPOINT",
        "DATABRICKS_CLIENT_SECRET|wrong-secret|DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET|refuses the service principal"
      })
  void aStartThatNeedsNobodySaysItInOneLineAndHealthInAnother(
      String name, String value, String says, String health, CapturedOutput output) {
    try (ConfigurableApplicationContext running = run(false, Map.of(name, value))) {
      await().atMost(Duration.ofSeconds(30)).until(() -> output.toString().contains(says));
      assertThat(output.toString()).doesNotContain("\tat ", "a few seconds");
      assertThat(health(running)).contains(health).doesNotContain("does not answer");
    }
  }

  @Test
  void aLoginThatDoesNotEndIsCalledByItsNameToo(CapturedOutput output) {
    try (Fault slow = SharedLakebase.get().faults().delayLogins(Duration.ofSeconds(20))) {
      assertThatThrownBy(() -> run(true, Map.of("onbehalf.pool.connection-timeout", "1s")))
          .isInstanceOf(RuntimeException.class);
    }
    String text = output.toString();
    assertThat(text).contains("APPLICATION FAILED TO START").doesNotContain("\tat ");
    assertThat(text.substring(text.indexOf("APPLICATION FAILED TO START")))
        .contains("within 1000 ms", "PGHOST and PGPORT", "onbehalf.pool.connection-timeout");
  }

  @Test
  void settingsThatAreNoneAreNamedWithTheirPlaceAndWithoutTheirValue(CapturedOutput output) {
    Map<String, String> misspelt =
        Map.of(
            "onbehalf.pool.max-conections", "5",
            "onbehalf.grop", "order_users",
            "onbehalf.token-exchange.client-secrett", "hush-hush",
            "onbehalf.playground.users", "of the application's own",
            "onbehalf.pool.maxConnections", "7",
            "onbehalf.postgres.properties.stringtype", "unspecified");
    try (ConfigurableApplicationContext running = run(false, misspelt)) {
      assertThat(running.isRunning()).isTrue();
    }
    assertThat(output.toString().lines().filter(line -> line.contains("misspelt")))
        .singleElement()
        .asString()
        .contains("WARN", "onbehalf.grop in ", "onbehalf.pool.max-conections in \"")
        .contains("onbehalf.token-exchange.client-secrett")
        .doesNotContain("hush-hush", "playground", "maxConnections", "stringtype");
  }

  private static String health(ConfigurableApplicationContext running) {
    OnBehalfDatabase lakebase = running.getBean(OnBehalfDatabase.class);
    return new PlatformHealthIndicator(lakebase).health()
        + " "
        + new DatabaseHealthIndicator(lakebase.servicePrincipal(), lakebase).health();
  }

  @Test
  void aHostThatIsNotTheEndpointsIsWarnedOfOnceWithBoth(CapturedOutput output) {
    try (ConfigurableApplicationContext running = run(false, Map.of("PGHOST", "db.example.com"))) {
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(
                          output
                              .toString()
                              .lines()
                              .filter(line -> line.contains("PGHOST is db.example.com")))
                      .singleElement()
                      .asString()
                      .contains("WARN", "localhost", "projects/local/branches/main"));
      assertThat(running.isRunning()).isTrue();
    }
  }

  @Test
  void aHostThatIsTheEndpointsIsNotTalkedAbout(CapturedOutput output) {
    try (ConfigurableApplicationContext running = run(false, Map.of("PGHOST", "127.0.0.1"))) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> SharedLakebase.get().calls().to(endpointPath()) > 0);
      assertThat(running.isRunning()).isTrue();
    }
    assertThat(output).doesNotContain("PGHOST is");
  }

  private static String endpointPath() {
    return "/api/2.0/postgres/" + SharedLakebase.get().environment().get("LAKEBASE_ENDPOINT");
  }
}
