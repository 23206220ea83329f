package dev.onbehalf.spring.autoconfigure;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Our database is never one that Boot makes in memory: libraries need not log in to find that out
 * at each start.
 */
final class DatabaseDefaults implements EnvironmentPostProcessor {
  private static final Map<String, Object> DEFAULTS =
      Map.of(
          "spring.batch.jdbc.initialize-schema", "never",
          "spring.quartz.jdbc.initialize-schema", "never",
          "spring.session.jdbc.initialize-schema", "never");

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    environment.getPropertySources().addLast(new MapPropertySource("onbehalf-database", DEFAULTS));
  }
}
