package dev.onbehalf.playground;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;

/**
 * On the playground as {@code ./start} runs it: on a Lakebase of its own, with a stand-in for the
 * proxy, whatever the environment says. One for all tests of a JVM.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
    classes = PlaygroundApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "PGHOST=",
      "onbehalf.debug-token.enabled=true",
      "onbehalf.dashboard.enabled=true",
      "onbehalf.actuator.mask-addresses=false",
      "logging.level.dev.onbehalf.pool=DEBUG"
    })
public @interface LocalPlayground {}
