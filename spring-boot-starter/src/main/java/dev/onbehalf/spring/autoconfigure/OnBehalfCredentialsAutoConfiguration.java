package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.AccessTokenCredentials;
import dev.onbehalf.identity.ClientCredentials;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.InvalidSettingsException;
import dev.onbehalf.identity.OAuthClient;
import dev.onbehalf.identity.PersonCredentials;
import dev.onbehalf.identity.Platform;
import dev.onbehalf.identity.ServicePrincipalCredentials;
import dev.onbehalf.identity.TokenExchange;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.rds.RdsIam;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** Any PostgreSQL whose people log in with a credential of their own. */
@AutoConfiguration(
    before = {OnBehalfLakebaseAutoConfiguration.class, OnBehalfAutoConfiguration.class})
@EnableConfigurationProperties(OnBehalfProperties.class)
@ConditionalOnMissingBean(Platform.class)
public class OnBehalfCredentialsAutoConfiguration {
  private static final String PROPERTY = "onbehalf.credentials";

  @Bean
  @ConditionalOnProperty(name = PROPERTY, havingValue = "access-token")
  @ConditionalOnMissingBean
  PersonCredentials accessTokenCredentials() {
    return new AccessTokenCredentials();
  }

  @Bean
  @ConditionalOnProperty(name = PROPERTY, havingValue = "token-exchange")
  @ConditionalOnMissingBean
  PersonCredentials tokenExchange(OnBehalfProperties properties) {
    OnBehalfProperties.TokenExchange exchange = properties.tokenExchange();
    return switch (exchange.form()) {
      case RFC8693 -> TokenExchange.of(client(exchange), exchange.audiences(), exchange.scopes());
      case ON_BEHALF_OF -> TokenExchange.onBehalfOf(client(exchange), exchange.scopes());
    };
  }

  /** The application's own token, of the same issuer and for the same database. */
  @Bean
  @ConditionalOnProperty(name = PROPERTY, havingValue = "token-exchange")
  @ConditionalOnMissingBean
  ServicePrincipalCredentials clientCredentials(OnBehalfProperties properties) {
    OnBehalfProperties.TokenExchange exchange = properties.tokenExchange();
    return new ClientCredentials(client(exchange), exchange.audiences(), exchange.scopes());
  }

  /** With the credentials that the AWS SDK finds. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(RdsIam.class)
  @ConditionalOnProperty(name = PROPERTY, havingValue = "rds-iam")
  static class Rds {
    @Bean
    @ConditionalOnMissingBean
    RdsIam rdsIam(OnBehalfProperties properties, DatabaseConnectionDetails details) {
      String region = value("rds-iam", properties.rdsIam().region(), "region", "eu-west-1");
      Map<String, String> variables = details.variables();
      return RdsIam.of(
          variables.getOrDefault("PGHOST", ""),
          Integer.parseInt(variables.getOrDefault("PGPORT", "5432")),
          region);
    }

    @Bean
    @ConditionalOnMissingBean
    ServicePrincipalCredentials rdsIamServicePrincipal(
        RdsIam rds, DatabaseConnectionDetails details) {
      return rds.as(details.variables().getOrDefault("PGUSER", ""));
    }
  }

  private static OAuthClient client(OnBehalfProperties.TokenExchange exchange) {
    try {
      return new OAuthClient(
          value("token-exchange", exchange.issuer(), "issuer", "https://login.example.com"),
          exchange.tokenUri(),
          value("token-exchange", exchange.clientId(), "client-id", "the-app"),
          Secret.of(value("token-exchange", exchange.clientSecret(), "client-secret", "...")));
    } catch (InvalidSettingsException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingsException(List.of("onbehalf.token-exchange: " + e.getMessage()));
    }
  }

  private static String value(String group, @Nullable String value, String name, String example) {
    if (value == null || value.isBlank()) {
      throw new InvalidSettingsException(
          List.of(
              "onbehalf.%s.%s is not set. Example: onbehalf.%s.%s=%s"
                  .formatted(group, name, group, name, example)));
    }
    return value;
  }

  @Bean
  @ConditionalOnProperty(name = PROPERTY)
  @Conditional(OtherThanLakebase.class)
  PlatformVariables credentialsVariables(
      OnBehalfProperties properties, ObjectProvider<ServicePrincipalCredentials> own) {
    return new PlatformVariables() {
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
        boolean isOwn =
            properties.credentials() == OnBehalfProperties.Credentials.TOKEN_EXCHANGE
                || properties.credentials() == OnBehalfProperties.Credentials.RDS_IAM;
        if (!StringUtils.hasText(variables.get("PGPASSWORD"))
            && !isOwn
            && own.getIfAvailable() == null) {
          problems.add(
              "PGPASSWORD is not set, and there is no bean of type ServicePrincipalCredentials:"
                  + " nothing tells what the application logs in with");
        }
        if (!problems.isEmpty()) {
          throw new InvalidSettingsException(problems);
        }
      }
    };
  }

  @Bean
  @ConditionalOnProperty(name = PROPERTY)
  @Conditional(OtherThanLakebase.class)
  Platform credentialsPlatform(
      PersonCredentials people, ObjectProvider<ServicePrincipalCredentials> own) {
    return Platform.of(
        NOBODY,
        people,
        () -> {
          ServicePrincipalCredentials credentials = own.getIfAvailable();
          if (credentials == null) {
            throw new InvalidSettingsException(
                List.of("Nothing tells what the application logs in with"));
          }
          return credentials.get();
        });
  }

  /** Where the settings name a verifier, as they have to, it is not asked. */
  private static final IdentityVerifier NOBODY =
      identity -> {
        throw new IdentityException(Reason.TOKEN_REFUSED, "Nobody here proves whose a token is.");
      };

  /**
   * Whether people log in with what the Databricks workspace gives, as they do unless it is said.
   */
  static boolean areLakebases(Environment environment) {
    return environment.getProperty(PROPERTY, "lakebase").equalsIgnoreCase("lakebase");
  }

  /** Told by name. */
  static final class OtherThanLakebase extends NoneNestedConditions {
    OtherThanLakebase() {
      super(ConfigurationPhase.REGISTER_BEAN);
    }

    @ConditionalOnProperty(name = PROPERTY, havingValue = "lakebase")
    static class IsLakebase {}
  }
}
