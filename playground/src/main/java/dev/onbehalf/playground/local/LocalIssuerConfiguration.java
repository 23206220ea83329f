package dev.onbehalf.playground.local;

import dev.onbehalf.identity.ClientCredentials;
import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.OAuthClient;
import dev.onbehalf.identity.PersonCredentials;
import dev.onbehalf.identity.ServicePrincipalCredentials;
import dev.onbehalf.identity.TokenExchange;
import dev.onbehalf.identity.UserinfoIdentityVerifier;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * The same database as any PostgreSQL with an OpenID issuer beside it: {@code
 * ONBEHALF_CREDENTIALS=bean ./start}. Nothing of Databricks is asked then.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(OnLocalLakebase.class)
@ConditionalOnProperty(name = "onbehalf.credentials", havingValue = "bean")
class LocalIssuerConfiguration {
  private static final Set<String> DATABASE = Set.of("database");

  @Bean
  OAuthClient localClient(LakebaseLocal local) {
    Map<String, String> variables = local.environment();
    return OAuthClient.of(
        issuer(local),
        variables.getOrDefault("DATABRICKS_CLIENT_ID", ""),
        Secret.of(variables.getOrDefault("DATABRICKS_CLIENT_SECRET", "")));
  }

  private static String issuer(LakebaseLocal local) {
    return local.environment().get("DATABRICKS_HOST") + "/oidc";
  }

  @Bean
  IdentityVerifier localUserinfo(LakebaseLocal local) {
    return new UserinfoIdentityVerifier(issuer(local), "email");
  }

  @Bean
  PersonCredentials localTokenExchange(OAuthClient client) {
    return TokenExchange.of(client, DATABASE, Set.of());
  }

  @Bean
  ServicePrincipalCredentials localClientCredentials(OAuthClient client) {
    return new ClientCredentials(client, DATABASE, Set.of());
  }
}
