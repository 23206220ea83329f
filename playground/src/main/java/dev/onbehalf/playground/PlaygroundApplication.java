package dev.onbehalf.playground;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;

/**
 * Starts the playground: on the Lakebase that the environment names, or, with {@code PGHOST} unset,
 * on one of its own.
 */
@SpringBootApplication
public class PlaygroundApplication {
  private static final Logger log = LoggerFactory.getLogger(PlaygroundApplication.class);

  /** Says where to look, once there is something to see. */
  @EventListener
  void onReady(ApplicationReadyEvent event) {
    log.info(
        "Open http://localhost:{}/lakebase",
        event.getApplicationContext().getEnvironment().getProperty("local.server.port"));
  }

  public static void main(String[] args) {
    SpringApplication.run(PlaygroundApplication.class, args);
  }
}
