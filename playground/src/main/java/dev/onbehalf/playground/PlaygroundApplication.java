package dev.onbehalf.playground;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;

/**
 * Starts the playground: on the Lakebase that the environment names, or, with {@code PGHOST} unset,
 * on one of its own.
 */
@SpringBootApplication(exclude = DataSourceAutoConfiguration.class)
public class PlaygroundApplication {
  public static void main(String[] args) {
    SpringApplication.run(PlaygroundApplication.class, args);
  }
}
