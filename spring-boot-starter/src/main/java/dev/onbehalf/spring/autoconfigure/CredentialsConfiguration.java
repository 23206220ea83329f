package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.AccessTokenCredentials;
import dev.onbehalf.identity.ClientCredentials;
import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.OAuthClient;
import dev.onbehalf.identity.PersonCredentials;
import dev.onbehalf.identity.Platform;
import dev.onbehalf.identity.ServicePrincipalCredentials;
import dev.onbehalf.identity.TokenExchange;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.rds.RdsIam;
import dev.onbehalf.spring.autoconfigure.OnBehalfProperties.Credentials;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/** Any PostgreSQL whose people log in with a credential of their own. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(Platform.class)
class CredentialsConfiguration {
  /** What our own beans of type {@link PersonCredentials} are called. */
  static final Set<String> OURS = Set.of("accessTokenCredentials", "tokenExchange", "rdsIam");

  private static final String RDS = "dev.onbehalf.rds.RdsIam";

  @Bean
  @ConditionalOnCredentials(Credentials.ACCESS_TOKEN)
  @ConditionalOnMissingBean
  PersonCredentials accessTokenCredentials() {
    return new AccessTokenCredentials();
  }

  @Bean
  @ConditionalOnCredentials(Credentials.TOKEN_EXCHANGE)
  @ConditionalOnMissingBean
  PersonCredentials tokenExchange(
      OnBehalfProperties properties, ObjectProvider<DatabaseSettings> settings) {
    settings.getIfAvailable(); // what is missing is told there, with all else
    OnBehalfProperties.TokenExchange exchange = properties.tokenExchange();
    return switch (exchange.form()) {
      case RFC8693 -> TokenExchange.of(client(exchange), exchange.audiences(), exchange.scopes());
      case ON_BEHALF_OF -> TokenExchange.onBehalfOf(client(exchange), exchange.scopes());
    };
  }

  /** The application's own token, of the same issuer and for the same database. */
  @Bean
  @ConditionalOnCredentials({Credentials.ACCESS_TOKEN, Credentials.TOKEN_EXCHANGE})
  @Conditional(HasClient.class)
  @ConditionalOnMissingBean
  ServicePrincipalCredentials clientCredentials(
      OnBehalfProperties properties, ObjectProvider<DatabaseSettings> settings) {
    settings.getIfAvailable();
    OnBehalfProperties.TokenExchange exchange = properties.tokenExchange();
    return new ClientCredentials(client(exchange), exchange.audiences(), exchange.scopes());
  }

  /** Whether the application has a client at the issuer; an empty name is none. */
  static final class HasClient implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return StringUtils.hasText(
          context.getEnvironment().getProperty("onbehalf.token-exchange.client-id"));
    }
  }

  /** With the credentials that the AWS SDK finds. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(RdsIam.class)
  @ConditionalOnCredentials(Credentials.RDS_IAM)
  static class Rds {
    @Bean
    @ConditionalOnMissingBean
    RdsIam rdsIam(
        OnBehalfProperties properties,
        DatabaseConnectionDetails details,
        ObjectProvider<DatabaseSettings> settings) {
      settings.getIfAvailable();
      Map<String, String> variables = details.variables();
      return RdsIam.of(
          variables.getOrDefault("PGHOST", ""),
          port(variables.get("PGPORT")),
          String.valueOf(properties.rdsIam().region()));
    }

    private static int port(@Nullable String port) {
      return port == null || port.isBlank() ? 5432 : Integer.parseInt(port);
    }

    @Bean
    @ConditionalOnMissingBean
    ServicePrincipalCredentials rdsIamServicePrincipal(
        RdsIam rds, DatabaseConnectionDetails details) {
      return rds.as(details.variables().getOrDefault("PGUSER", ""));
    }
  }

  /** What is missing was told before. */
  private static OAuthClient client(OnBehalfProperties.TokenExchange exchange) {
    return new OAuthClient(
        String.valueOf(exchange.issuer()),
        exchange.tokenUri(),
        String.valueOf(exchange.clientId()),
        Secret.of(String.valueOf(exchange.clientSecret())));
  }

  /** What all of them have. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnCredentials({
    Credentials.ACCESS_TOKEN,
    Credentials.TOKEN_EXCHANGE,
    Credentials.RDS_IAM,
    Credentials.BEAN
  })
  static class AnyPostgres {
    @Bean
    PlatformVariables credentialsVariables(
        OnBehalfProperties properties,
        ListableBeanFactory beans,
        ObjectProvider<PersonCredentials> people,
        ObjectProvider<ServicePrincipalCredentials> own) {
      return new CredentialsCheck(
          properties,
          people,
          own,
          List.of(beans.getBeanNamesForType(PersonCredentials.class, true, false)),
          ClassUtils.isPresent(RDS, getClass().getClassLoader()));
    }

    @Bean
    Platform credentialsPlatform(
        OnBehalfProperties properties,
        ObjectProvider<DatabaseSettings> settings,
        ObjectProvider<PersonCredentials> people,
        ObjectProvider<ServicePrincipalCredentials> own) {
      settings.getIfAvailable();
      String client = properties.tokenExchange().clientId();
      return Platform.of(
          NOBODY,
          people.getObject(),
          () -> own.getObject().get(),
          client == null || client.isBlank() ? List.of() : List.of(client));
    }
  }

  /** Where the settings name a verifier, as they have to, it is not asked. */
  private static final IdentityVerifier NOBODY =
      identity -> {
        throw new IssuerUnavailableException(
            IssuerUnavailableException.Reason.REQUEST_REFUSED,
            "Nothing here proves whose a token is. Whoever runs the application has to set onbehalf.identity.verifier.",
            null,
            null);
      };

  /**
   * Whether people log in with what the Databricks workspace gives, as they do unless it is said.
   */
  static boolean areLakebases(Environment environment) {
    return OnCredentials.of(environment) == Credentials.LAKEBASE;
  }
}
