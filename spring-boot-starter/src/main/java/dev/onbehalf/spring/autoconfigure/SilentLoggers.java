package dev.onbehalf.spring.autoconfigure;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Keeps Tomcat from printing what signs people in: a malformed header line or cookie at INFO, whole
 * requests and HTTP/2 headers at DEBUG; and the Databricks SDK from printing a stack for a client
 * that is refused, which is told in a sentence; and Spring Boot from warning of open-in-view, of
 * which we say more. Each of these loggers is named, so that it stays silent when the level of its
 * package is lowered; who needs one sets its own level.
 */
final class SilentLoggers implements EnvironmentPostProcessor {
  private static final String LEVEL = "logging.level.";

  private static final Map<String, Object> LEVELS =
      Map.of(
          LEVEL + "org.apache.coyote.http11.Http11Processor",
          "WARN",
          LEVEL + "org.apache.coyote.http11.Http11InputBuffer",
          "INFO",
          LEVEL + "com.databricks.sdk.core.oauth.CachedTokenSource",
          "OFF",
          LEVEL + "com.databricks.sdk.core.DefaultCredentialsProvider", // each way that it tries
          "WARN",
          LEVEL + "org.springframework.boot.jpa.autoconfigure.JpaBaseConfiguration",
          "ERROR",
          LEVEL + "org.apache.coyote.http2",
          "INFO",
          LEVEL + "software.amazon.awssdk.auth.signer", // what it signs, a session's token included
          "INFO",
          LEVEL + "org.apache.tomcat.util.http.parser.Cookie",
          "WARN");

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    environment.getPropertySources().addLast(new MapPropertySource("onbehalf", LEVELS));
  }
}
