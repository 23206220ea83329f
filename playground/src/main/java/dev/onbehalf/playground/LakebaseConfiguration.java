package dev.onbehalf.playground;

import dev.onbehalf.lakebase.IdentityHeaders;
import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.lakebase.LakebaseSettings;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The Lakebase that the environment names, or the local one when it names none. */
@Configuration(proxyBeanMethods = false)
class LakebaseConfiguration {
  private static final List<String> VARIABLES =
      List.of(
          "PGHOST",
          "PGPORT",
          "PGDATABASE",
          "PGUSER",
          "PGPASSWORD",
          "PGAPPNAME",
          "PGSSLMODE",
          "PGSSLROOTCERT",
          "LAKEBASE_ENDPOINT",
          "DATABRICKS_HOST",
          "DATABRICKS_CLIENT_ID",
          "DATABRICKS_CLIENT_SECRET");

  @Bean
  LakebaseSettings lakebaseSettings(Environment environment, Optional<LakebaseLocal> local) {
    LakebaseSettings.Builder builder = LakebaseSettings.builder();
    Map<String, String> variables = local.map(LakebaseLocal::environment).orElse(Map.of());
    if (variables.isEmpty()) {
      VARIABLES.forEach(name -> builder.variable(name, environment.getProperty(name)));
    }
    builder.environment(variables);
    Binder binder = Binder.get(environment);
    binder.bind("onbehalf.allow-insecure-tls", Boolean.class).ifBound(builder::allowInsecureTls);
    binder
        .bind("onbehalf.identity", IdentityProperties.class)
        .ifBound(identity -> identity.chosen().ifPresent(builder::identityVerifier));
    PoolProperties pool =
        binder.bind("onbehalf.pool", PoolProperties.class).orElse(PoolProperties.DEFAULTS);
    return pool.applyTo(builder).build();
  }

  @Bean
  Lakebase lakebase(LakebaseSettings settings) {
    return Lakebase.of(settings);
  }

  @Bean
  IdentityHeaders identityHeaders(Environment environment) {
    return new IdentityHeaders(
        environment.getProperty("onbehalf.headers.address", IdentityHeaders.STANDARD.address()),
        environment.getProperty(
            "onbehalf.headers.access-token", IdentityHeaders.STANDARD.accessToken()));
  }
}
