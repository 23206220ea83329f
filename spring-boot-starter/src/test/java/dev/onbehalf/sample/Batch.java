package dev.onbehalf.sample;

import dev.onbehalf.spring.SharedLakebase;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Applications without requests, that really start. */
final class Batch {
  private Batch() {}

  /** Starts one on the shared OnBehalfDatabase. */
  static ConfigurableApplicationContext start(Class<?> application, String... properties) {
    Stream<String> environment =
        SharedLakebase.get().environment().entrySet().stream()
            .map(variable -> variable.getKey() + "=" + variable.getValue());
    return startElsewhere(
        application, Stream.concat(environment, Stream.of(properties)).toArray(String[]::new));
  }

  static ConfigurableApplicationContext startElsewhere(Class<?> application, String... properties) {
    return new SpringApplicationBuilder(application)
        .web(WebApplicationType.NONE)
        .properties(
            "spring.main.banner-mode=off",
            "spring.flyway.enabled=false",
            "spring.liquibase.enabled=false")
        .run(Stream.of(properties).map(property -> "--" + property).toArray(String[]::new));
  }
}
