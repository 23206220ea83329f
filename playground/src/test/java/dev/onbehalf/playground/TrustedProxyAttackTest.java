package dev.onbehalf.playground;

import static dev.onbehalf.playground.DeployedPlayground.API;
import static dev.onbehalf.playground.DeployedPlayground.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.InvalidSettingsException;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import jakarta.servlet.Filter;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.filter.ForwardedHeaderFilter;

/** Whoever reaches the application past the proxy says in headers that they are the proxy. */
@ExtendWith(OutputCaptureExtension.class)
class TrustedProxyAttackTest {
  private static final String VICTIM = "alice@example.com";
  private static final String PROXY = "10.9.9.9";

  /** These tests may themselves run on one, with Boot's defaults for it. */
  private static final String NO_PLATFORM = "spring.main.cloud-platform=none";

  private static LakebaseLocal local;
  private static DeployedPlayground playground;

  private static String saidAtStart = "";

  @BeforeAll
  static void start(CapturedOutput output) {
    local = LakebaseLocal.builder().user(VICTIM).start();
    playground = believing(NO_PLATFORM);
    saidAtStart = output.getAll();
  }

  private static DeployedPlayground believing(String... properties) {
    return new DeployedPlayground(
        local,
        Stream.concat(
                Stream.of(
                    "onbehalf.identity.verifier=trusted-proxy",
                    "onbehalf.identity.trusted-proxies=" + PROXY + "/32"),
                Stream.of(properties))
            .toArray(String[]::new));
  }

  @AfterAll
  static void stop() {
    playground.close();
    local.close();
  }

  @Test
  void atTheStartOneWarningSaysWhatIsGivenUp() {
    assertThat(saidAtStart.lines().filter(line -> line.contains("believed, not proved")))
        .singleElement()
        .asString()
        .contains("WARN", PROXY + "/32");
  }

  @ParameterizedTest
  @CsvSource({
    "X-Forwarded-For, 10.9.9.9",
    "Forwarded, for=10.9.9.9",
    "X-Real-IP, 10.9.9.9",
    "X-Client-IP, 10.9.9.9"
  })
  void aHeaderIsNoSender(String header, String value) {
    assertStranger(attack(playground, header, value));
  }

  /** Each of them would make the server, or a filter, say that the attacker is the proxy. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "server.forward-headers-strategy=native",
        "server.forward-headers-strategy=framework",
        "spring.main.cloud-platform=kubernetes",
        "server.tomcat.remoteip.remote-ip-header=X-Forwarded-For",
        "server.tomcat.remoteip.protocol-header=X-Forwarded-Proto"
      })
  void aServerThatTakesAHeaderForTheSenderIsNotStarted(String property) {
    assertThatThrownBy(
            () -> {
              try (DeployedPlayground rewriting = believing(property)) {
                assertStranger(attack(rewriting, "X-Forwarded-For", PROXY));
              }
            })
        .hasRootCauseInstanceOf(InvalidSettingsException.class)
        .rootCause()
        .hasMessageContaining("anybody could say that they are the proxy");
  }

  @Test
  void aFilterThatNobodyCouldSeeAtTheStartChangesNoSender() {
    try (DeployedPlayground rewriting =
        believing(NO_PLATFORM, "spring.main.sources=" + Unseen.class.getName())) {
      assertStranger(attack(rewriting, "X-Forwarded-For", PROXY));
    }
  }

  /** Takes headers for the sender, before all others, by a bean that does not say so. */
  @Configuration(proxyBeanMethods = false)
  static class Unseen {
    @Bean
    FilterRegistrationBean<Filter> unseen() {
      FilterRegistrationBean<Filter> unseen =
          new FilterRegistrationBean<>(new ForwardedHeaderFilter());
      unseen.setOrder(Ordered.HIGHEST_PRECEDENCE);
      return unseen;
    }
  }

  private static HttpResponse<String> attack(
      DeployedPlayground playground, String header, String value) {
    String token = local.accessToken(VICTIM, Duration.ofHours(1));
    return playground.send(
        playground.as(VICTIM, token, API + "/my-products").header(header, value));
  }

  private static void assertStranger(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(403);
    assertThat(json(response).get("type").asString())
        .isEqualTo("urn:onbehalf:problem:identity-untrusted-proxy");
  }
}
