package dev.onbehalf.playground.local;

import dev.onbehalf.identity.IdentityHeaders;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.lakebaselocal.proxy.LocalSignIn;
import dev.onbehalf.lakebaselocal.proxy.LocalSignIn.SameSite;
import dev.onbehalf.spring.autoconfigure.DatabaseConnectionDetails;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.ConfigurableWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/**
 * A Lakebase of the playground's own and the stand-in for the proxy, for when the environment names
 * no database. Whoever reaches this can sign in as anybody, so it listens on loopback only.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(OnLocalLakebase.class)
@EnableConfigurationProperties(LocalPeople.class)
class LocalConfiguration {
  @Bean
  LakebaseLocal lakebaseLocal(LocalPeople people) {
    LakebaseLocal.Builder builder = LakebaseLocal.builder();
    people.users().forEach(builder::user);
    people.peopleWithoutRole().forEach(builder::personWithoutRole);
    return builder.start();
  }

  @Bean
  DatabaseConnectionDetails localConnectionDetails(LakebaseLocal lakebase) {
    Map<String, String> variables = new HashMap<>(lakebase.environment());
    variables.put("PGUSER", lakebase.servicePrincipal()); // which not every platform tells
    return () -> variables;
  }

  @Bean
  WebServerFactoryCustomizer<ConfigurableWebServerFactory> loopbackOnly() {
    return server -> server.setAddress(InetAddress.getLoopbackAddress());
  }

  @Bean
  FilterRegistrationBean<LocalProxy> localProxy(LakebaseLocal lakebase, IdentityHeaders headers) {
    LocalSignIn signIn = new LocalSignIn(lakebase, "onbehalf-local-session", SameSite.STRICT);
    var registration = new FilterRegistrationBean<>(new LocalProxy(signIn, headers));
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }
}
