package dev.onbehalf.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.TrustedProxyVerifier;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.web.filter.ForwardedHeaderFilter;

/** Where the proxy is believed, nothing may read a request's sender from its headers. */
class BelievedProxyTest {
  private static final String[] BELIEVED = {
    "onbehalf.identity.verifier=trusted-proxy", "onbehalf.identity.trusted-proxies=10.9.9.9/32"
  };
  private static final AutoConfigurations AUTO =
      AutoConfigurations.of(OnBehalfAutoConfiguration.class, OnBehalfWebAutoConfiguration.class);

  private final WebApplicationContextRunner proved =
      new WebApplicationContextRunner()
          .withConfiguration(AUTO)
          .withPropertyValues(StartUpTest.GOOD)
          .withInitializer(context -> environment(context, Map.of()));
  private final WebApplicationContextRunner believed = proved.withPropertyValues(BELIEVED);

  /** The process's own could name a platform. */
  private static void environment(
      ConfigurableApplicationContext context, Map<String, Object> variables) {
    String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
    context
        .getEnvironment()
        .getPropertySources()
        .replace(name, new SystemEnvironmentPropertySource(name, variables));
  }

  private static void assertRefused(WebApplicationContextRunner runner, String... words) {
    runner.run(
        context ->
            assertThat(StartUpTest.invalid(context.getStartupFailure()).problems())
                .singleElement()
                .asString()
                .contains("anybody could say that they are the proxy")
                .contains(words));
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "NATIVE", "framework"})
  void aStrategyThatReadsTheSenderFromHeadersIsRefused(String strategy) {
    assertRefused(
        believed.withPropertyValues("server.forward-headers-strategy=" + strategy),
        "server.forward-headers-strategy is \"" + strategy + "\"",
        "Set server.forward-headers-strategy=none");
  }

  @Test
  void soIsOneThatAnEnvironmentVariableSets() {
    assertRefused(
        believed.withInitializer(
            context -> environment(context, Map.of("SERVER_FORWARDHEADERSSTRATEGY", "native"))),
        "server.forward-headers-strategy is \"native\"");
  }

  @ParameterizedTest
  @CsvSource({
    "KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT, KUBERNETES",
    "VCAP_APPLICATION, VCAP_SERVICES, CLOUD_FOUNDRY",
    "DYNO, PORT, HEROKU"
  })
  void soIsBootsOwnChoiceOnAPlatform(String one, String other, String platform) {
    WebApplicationContextRunner there =
        believed.withInitializer(
            context -> environment(context, Map.of(one, "10.0.0.1", other, "443")));
    assertRefused(
        there,
        "is not set, and the platform is " + platform,
        "server.forward-headers-strategy=none");
    assertRefused(there.withPropertyValues("server.forward-headers-strategy="), "is not set");
    there
        .withPropertyValues("server.forward-headers-strategy=none")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void soIsAPlatformThatIsNamed() {
    assertRefused(
        believed.withPropertyValues("spring.main.cloud-platform=nomad"), "the platform is NOMAD");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "server.tomcat.remoteip.remote-ip-header",
        "server.tomcat.remoteip.protocol-header"
      })
  void soIsTomcatsValveWhateverTheStrategy(String property) {
    assertRefused(
        believed.withPropertyValues(
            "server.forward-headers-strategy=none", property + "=X-Forwarded-Any"),
        property + " is set",
        "Remove it");
  }

  @Test
  void soIsAFilterOfTheApplications() {
    assertRefused(
        believed.withBean("mine", ForwardedHeaderFilter.class),
        "The bean \"mine\" is a ForwardedHeaderFilter");
    assertRefused(believed.withUserConfiguration(Registered.class), "The bean \"registered\" is");
  }

  @Configuration(proxyBeanMethods = false)
  static class Registered {
    @Bean
    FilterRegistrationBean<ForwardedHeaderFilter> registered() {
      return new FilterRegistrationBean<>(new ForwardedHeaderFilter());
    }
  }

  @Test
  void aVerifierOfTheApplicationsThatBelievesAProxyCountsAsWell() {
    assertRefused(
        proved
            .withBean(
                IdentityVerifier.class, () -> new TrustedProxyVerifier(List.of("10.9.9.9/32")))
            .withPropertyValues("server.forward-headers-strategy=native"),
        "server.forward-headers-strategy is \"native\"");
  }

  @Test
  void itIsToldTogetherWithAllOtherMistakes() {
    believed
        .withPropertyValues(
            "PGHOST=",
            "onbehalf.identity.trusted-proxies=somewhere",
            "server.forward-headers-strategy=native",
            "server.tomcat.remoteip.protocol-header=X-Forwarded-Proto")
        .run(
            context ->
                assertThat(StartUpTest.invalid(context.getStartupFailure()).problems())
                    .hasSize(4)
                    .anyMatch(problem -> problem.startsWith("PGHOST"))
                    .anyMatch(problem -> problem.startsWith("onbehalf.identity.trusted-proxies"))
                    .anyMatch(problem -> problem.startsWith("server.forward-headers-strategy"))
                    .anyMatch(problem -> problem.startsWith("server.tomcat.remoteip")));
  }

  @Test
  void whereNothingReadsHeadersTheApplicationStarts() {
    believed.run(context -> assertThat(context).hasNotFailed());
    believed
        .withPropertyValues("server.forward-headers-strategy=NONE")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void whoProvesMayReadThem() {
    proved
        .withPropertyValues("server.forward-headers-strategy=native")
        .run(context -> assertThat(context).hasNotFailed());
    proved
        .withPropertyValues(BELIEVED)
        .withBean(
            IdentityVerifier.class,
            () -> identity -> new IdentityVerifier.Proof(identity.address(), Instant.MAX))
        .withPropertyValues("server.forward-headers-strategy=native")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void aJobHasNoSenders() {
    new ApplicationContextRunner()
        .withConfiguration(AUTO)
        .withPropertyValues(StartUpTest.GOOD)
        .withPropertyValues(BELIEVED)
        .withPropertyValues("server.forward-headers-strategy=native")
        .run(context -> assertThat(context).hasNotFailed());
  }
}
