package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.InvalidSettingsException;
import dev.onbehalf.servlet.DevelopmentToken;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Tells a developer's machine from where an application serves people. It has to be said, by
 * DevTools, which are no part of what is packaged, or by name; and nothing may speak against it.
 */
final class DevelopmentMachine {
  private static final String DEVTOOLS = "org.springframework.boot.devtools.restart.Restarter";

  /** What Databricks Apps sets for each application. */
  private static final List<String> PLATFORM =
      List.of("DATABRICKS_APP_NAME", "DATABRICKS_APP_PORT", "DATABRICKS_APP_URL");

  private DevelopmentMachine() {}

  /**
   * @throws InvalidSettingsException where this is no developer's machine, saying what tells so
   */
  static void require(
      OnBehalfProperties properties, Environment environment, ForwardedSenders senders) {
    String user = properties.development().user();
    if (user == null || user.isBlank()) {
      throw new InvalidSettingsException(
          List.of(
              "onbehalf.development.user is empty. Example:"
                  + " onbehalf.development.user=alice@example.com"));
    }
    String against = against(properties, environment, senders);
    if (against != null) {
      throw new InvalidSettingsException(
          List.of(
              "onbehalf.development.user is set, by which requests without an identity get one, and %s. Remove it where the application serves people"
                  .formatted(against)));
    }
  }

  /**
   * @throws InvalidSettingsException where nothing gives a token
   */
  static DevelopmentToken token(ObjectProvider<DevelopmentToken> tokens) {
    DevelopmentToken token = tokens.getIfAvailable();
    if (token == null) {
      throw new InvalidSettingsException(
          List.of(
              "onbehalf.development.user is set, and nothing gives their access token: declare a bean of type DevelopmentToken"));
    }
    return token;
  }

  /** Whether it is one, as far as that is said and nothing speaks against it. */
  static boolean is(OnBehalfProperties properties, Environment environment) {
    return isSaid(properties.development().enabled()) && platform(environment) == null;
  }

  private static @Nullable String against(
      OnBehalfProperties properties, Environment environment, ForwardedSenders senders) {
    String platform = platform(environment);
    if (platform != null) {
      return platform;
    }
    if (properties.identity().verifier() == OnBehalfProperties.Verifier.TRUSTED_PROXY) {
      return "onbehalf.identity.verifier=trusted-proxy proves nobody's token";
    }
    if (!senders.problems().isEmpty()) { // anybody could say that they are on this machine
      return "a request's sender is read from its headers; server.forward-headers-strategy=none"
          + " ends that";
    }
    return isSaid(properties.development().enabled())
        ? null
        : "nothing says that this is a developer's machine: DevTools are not there, and"
            + " onbehalf.development.enabled is not true";
  }

  private static @Nullable String platform(Environment environment) {
    for (String variable : PLATFORM) {
      if (environment.containsProperty(variable) || System.getenv(variable) != null) {
        return variable + " is set: this runs on Databricks Apps";
      }
    }
    CloudPlatform platform = CloudPlatform.getActive(environment);
    return platform != null && platform != CloudPlatform.NONE
        ? "this runs on a platform, " + platform
        : null;
  }

  private static boolean isSaid(@Nullable Boolean enabled) {
    return enabled == null
        ? ClassUtils.isPresent(DEVTOOLS, DevelopmentMachine.class.getClassLoader())
        : enabled;
  }
}
