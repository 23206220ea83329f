package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.Platform;
import dev.onbehalf.lakebase.DeveloperSignIn;
import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.lakebase.LakebaseSettings;
import dev.onbehalf.servlet.DevelopmentToken;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Databricks Lakebase, where its module is there and no other platform is. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(Lakebase.class)
@ConditionalOnCredentials(OnBehalfProperties.Credentials.LAKEBASE)
@ConditionalOnMissingBean(Platform.class)
class LakebaseConfiguration {

  @Bean
  @ConditionalOnMissingBean(LakebaseSettings.class)
  PlatformVariables lakebaseVariables(OnBehalfProperties properties) {
    return new PlatformVariables() {
      @Override
      public List<String> names() {
        return List.of(
            "LAKEBASE_ENDPOINT",
            "DATABRICKS_HOST",
            "DATABRICKS_CLIENT_ID",
            "DATABRICKS_CLIENT_SECRET",
            "DATABRICKS_CONFIG_PROFILE",
            "DATABRICKS_CONFIG_FILE");
      }

      @Override
      public void check(Map<String, String> variables) {
        settings(properties, variables);
      }
    };
  }

  @Bean
  @ConditionalOnMissingBean
  LakebaseSettings lakebaseSettings(
      OnBehalfProperties properties,
      DatabaseConnectionDetails details,
      ObjectProvider<DatabaseSettings> database) {
    database.getIfAvailable(); // tells these mistakes, too, together with its own
    return settings(properties, details.variables());
  }

  private static LakebaseSettings settings(
      OnBehalfProperties properties, Map<String, String> variables) {
    LakebaseSettings.Builder builder =
        LakebaseSettings.builder()
            .environment(variables)
            .allowInsecureTls(properties.allowInsecureTls())
            .timeout(properties.pool().connectionTimeout());
    String proxy = properties.workspace().proxyHost();
    if (proxy != null && !proxy.isBlank()) {
      builder.workspaceProxy(proxy, properties.workspace().proxyPort());
    }
    return builder.build();
  }

  @Bean
  Lakebase lakebase(LakebaseSettings settings) {
    return Lakebase.of(settings);
  }

  @Bean
  @ConditionalOnMissingBean
  DevelopmentToken lakebaseDevelopmentToken(
      LakebaseSettings settings, OnBehalfProperties properties) {
    OnBehalfProperties.Development development = properties.development();
    return new DeveloperSignIn(settings, development.profile(), development.authType())
        ::accessToken;
  }
}
