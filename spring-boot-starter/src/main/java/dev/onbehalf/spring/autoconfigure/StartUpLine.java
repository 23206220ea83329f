package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.IdentityVerifier;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.util.StringUtils;

/**
 * Says in one line, once the application is ready, what is on, and in another which settings are
 * none. Asks nobody.
 */
final class StartUpLine implements ApplicationListener<ApplicationReadyEvent> {
  private static final Logger log = LoggerFactory.getLogger(StartUpLine.class);

  private final OnBehalfProperties properties;
  private final DatabaseSettings settings;
  private final Map<String, String> variables;
  private final OnBehalfProperties.Credentials credentials;
  private final boolean isOwn;
  private final ObjectProvider<IdentityVerifier> own;

  /**
   * @param isOwn whether the platform is a bean of the application's own
   */
  StartUpLine(
      OnBehalfProperties properties,
      DatabaseSettings settings,
      Map<String, String> variables,
      OnBehalfProperties.Credentials credentials,
      boolean isOwn,
      ObjectProvider<IdentityVerifier> own) {
    this.properties = properties;
    this.settings = settings;
    this.variables = variables;
    this.credentials = credentials;
    this.isOwn = isOwn;
    this.own = own;
  }

  @Override
  public void onApplicationEvent(ApplicationReadyEvent event) {
    log.info(
        "On behalf of people, who are proved by {} and log in with {}, in {} at {}: {} connections"
            + " at most, {} a person, {} for the service principal, {}",
        verifier(),
        credentials(),
        variables.get("PGDATABASE"),
        variables.get("PGHOST"),
        settings.maxConnections(),
        settings.maxConnectionsPerUser(),
        settings.servicePrincipalMaxConnections(),
        servicePrincipal());
    List<String> unknown = UnknownSettings.in(event.getApplicationContext().getEnvironment());
    if (!unknown.isEmpty()) {
      log.warn(
          "Settings that Onbehalf does not have, and which change nothing: {}. Are they misspelt?",
          String.join(", ", unknown));
    }
  }

  private String credentials() {
    if (isOwn) {
      return "what the application's own Platform gives";
    }
    return switch (credentials) {
      case LAKEBASE -> "credentials of the workspace";
      case ACCESS_TOKEN -> "their access token";
      case TOKEN_EXCHANGE -> "a token exchanged by " + properties.tokenExchange().issuer();
      case RDS_IAM -> "a token signed for their role";
      case BEAN -> "what the bean PersonCredentials says";
    };
  }

  private String verifier() {
    IdentityVerifier verifier = own.getIfAvailable();
    if (verifier != null) {
      return verifier.getClass().getSimpleName();
    }
    return switch (properties.identity().verifier()) {
      case WORKSPACE -> "the workspace";
      case JWT -> "their token's signature, of " + properties.identity().jwt().issuer();
      case USERINFO -> "their issuer's userinfo, of " + properties.identity().userinfo().issuer();
      case TRUSTED_PROXY ->
          "nobody: the proxies at %s are believed"
              .formatted(String.join(", ", properties.identity().trustedProxies()));
    };
  }

  private String servicePrincipal() {
    String role = variables.get("PGUSER");
    String client = variables.get("DATABRICKS_CLIENT_ID");
    if (StringUtils.hasText(role)) {
      return role;
    }
    return StringUtils.hasText(client) ? client : "whom the workspace names";
  }
}
