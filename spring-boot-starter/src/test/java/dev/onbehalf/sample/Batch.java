package dev.onbehalf.sample;

import dev.onbehalf.spring.SharedLakebase;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Applications without requests, that really start. */
final class Batch {
  private static final List<String> NO_SCHEMA_TOOL =
      List.of("--spring.flyway.enabled=false", "--spring.liquibase.enabled=false");

  private Batch() {}

  /** Starts one on the shared Lakebase. */
  static ConfigurableApplicationContext start(Class<?> application, String... properties) {
    Stream<String> environment =
        SharedLakebase.get().environment().entrySet().stream()
            .map(variable -> variable.getKey() + "=" + variable.getValue());
    return startElsewhere(
        application, Stream.concat(environment, Stream.of(properties)).toArray(String[]::new));
  }

  static ConfigurableApplicationContext startElsewhere(Class<?> application, String... properties) {
    List<String> arguments = new ArrayList<>(List.of("--spring.main.banner-mode=off"));
    Stream.of(properties).map(property -> "--" + property).forEach(arguments::add);
    NO_SCHEMA_TOOL.stream()
        .filter(off -> arguments.stream().noneMatch(it -> it.startsWith(off.replace("false", ""))))
        .toList()
        .forEach(arguments::add);
    return new SpringApplicationBuilder(application)
        .web(WebApplicationType.NONE)
        .run(arguments.toArray(String[]::new));
  }
}
