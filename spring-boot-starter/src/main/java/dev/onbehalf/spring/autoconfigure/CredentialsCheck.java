package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.InvalidSettingsException;
import dev.onbehalf.identity.OAuthClient;
import dev.onbehalf.identity.PersonCredentials;
import dev.onbehalf.identity.ServicePrincipalCredentials;
import dev.onbehalf.pool.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.StringUtils;

/** Whether there is all that the kind of credentials needs, so that it is told with all else. */
final class CredentialsCheck implements PlatformVariables {
  private final OnBehalfProperties properties;
  private final ObjectProvider<PersonCredentials> people;
  private final ObjectProvider<ServicePrincipalCredentials> own;
  private final List<String> names;
  private final boolean hasRds;

  /**
   * @param names of all beans that say what people log in with
   */
  CredentialsCheck(
      OnBehalfProperties properties,
      ObjectProvider<PersonCredentials> people,
      ObjectProvider<ServicePrincipalCredentials> own,
      List<String> names,
      boolean hasRds) {
    this.properties = properties;
    this.people = people;
    this.own = own;
    this.names = names;
    this.hasRds = hasRds;
  }

  @Override
  public List<String> names() {
    return List.of();
  }

  @Override
  public void check(Map<String, String> variables) {
    List<String> problems = new ArrayList<>();
    if (!StringUtils.hasText(variables.get("PGUSER"))) {
      problems.add("PGUSER is not set: the application's own role. Example: PGUSER=app_owner");
    }
    boolean hasPassword = StringUtils.hasText(variables.get("PGPASSWORD"));
    OnBehalfProperties.Credentials credentials = properties.credentials();
    if (credentials != OnBehalfProperties.Credentials.BEAN) {
      checkNoOther(credentials, problems);
    }
    boolean hasClient = StringUtils.hasText(properties.tokenExchange().clientId());
    if (credentials == OnBehalfProperties.Credentials.TOKEN_EXCHANGE
        || (credentials == OnBehalfProperties.Credentials.ACCESS_TOKEN && hasClient)) {
      checkClient(properties.tokenExchange(), problems);
    } else if (credentials == OnBehalfProperties.Credentials.RDS_IAM) {
      checkRds(problems);
    } else {
      checkBeans(hasPassword, problems);
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
  }

  /** Ours give way to the application's own bean, and one of the two would say so for nothing. */
  private void checkNoOther(
      OnBehalfProperties.@Nullable Credentials credentials, List<String> problems) {
    List<String> others =
        names.stream().filter(name -> !CredentialsConfiguration.OURS.contains(name)).toList();
    if (credentials != null && !others.isEmpty()) {
      problems.add(
          "onbehalf.credentials is %s, and the bean %s says what people log in with: set it to bean, or remove that"
              .formatted(OnBehalfProperties.spelt(credentials), String.join(", ", others)));
    }
  }

  private static void checkClient(
      OnBehalfProperties.TokenExchange exchange, List<String> problems) {
    boolean hasIssuer =
        has("token-exchange.issuer", exchange.issuer(), "https://login.example.com", problems);
    boolean hasId = has("token-exchange.client-id", exchange.clientId(), "the-app", problems);
    boolean hasSecret =
        has("token-exchange.client-secret", exchange.clientSecret(), "...", problems);
    if (hasIssuer && hasId && hasSecret) {
      try {
        new OAuthClient(
            String.valueOf(exchange.issuer()), exchange.tokenUri(), "x", Secret.of("x"));
      } catch (IllegalArgumentException e) {
        problems.add("onbehalf.token-exchange: " + e.getMessage());
      }
    }
  }

  private static boolean has(
      String name, @Nullable String value, String example, List<String> problems) {
    boolean isSet = value != null && !value.isBlank();
    if (!isSet) {
      problems.add(
          "onbehalf.%s is not set. Example: onbehalf.%s=%s".formatted(name, name, example));
    }
    return isSet;
  }

  private void checkRds(List<String> problems) {
    if (!hasRds) {
      problems.add(
          "onbehalf.credentials is rds-iam, which the artifact dev.onbehalf:onbehalf-rds-iam brings");
    }
    has("rds-iam.region", properties.rdsIam().region(), "eu-west-1", problems);
  }

  private void checkBeans(boolean hasPassword, List<String> problems) {
    if (people.getIfAvailable() == null) {
      problems.add("onbehalf.credentials is bean, and there is no bean of type PersonCredentials");
    }
    if (!hasPassword && own.getIfAvailable() == null) {
      problems.add(
          "PGPASSWORD is not set, and there is no bean of type ServicePrincipalCredentials:"
              + " nothing tells what the application logs in with");
    }
  }
}
