package dev.onbehalf.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.TestApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

/** What an application with everything prints when it starts. */
@ExtendWith(OutputCaptureExtension.class)
class QuietStartTest {
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  @Test
  void oneLineSaysWhatIsOnAndThereIsNoNoise(CapturedOutput output) {
    String printed;
    try (TestApplication application =
        new TestApplication(Application.class, TestApplication.WITH_JPA)) {
      application
          .bean(OnBehalfDatabase.class)
          .checkPlatform(); // as the start does, on a thread of its own
      printed = output.toString();
    }
    assertThat(printed.lines().filter(line -> line.contains("On behalf of people")))
        .singleElement()
        .asString()
        .contains("proved by the workspace", "50 connections at most, 3 a person, 10 for")
        .contains(SharedLakebase.get().servicePrincipal());
    assertThat(printed.lines().filter(line -> line.contains("open-in-view"))).hasSize(1);
    assertThat(printed)
        .doesNotContain("generated security password")
        .doesNotContain("DefaultCredentialsProvider");
    assertThat(printed.lines().filter(line -> line.contains(" WARN ")))
        .allMatch(
            line ->
                line.contains("keeps its person's connection")
                    || line.contains("No MyBatis mapper was found"));
  }
}
