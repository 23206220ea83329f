package dev.onbehalf.spring.test;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Test slices must not put a database in memory, which knows no people, in the place of ours. */
final class NoDatabaseInMemory implements EnvironmentPostProcessor {
  private static final Map<String, Object> DEFAULTS =
      Map.of("spring.test.database.replace", "none");

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    environment
        .getPropertySources()
        .addLast(new MapPropertySource("onbehalf-test-database", DEFAULTS));
  }
}
