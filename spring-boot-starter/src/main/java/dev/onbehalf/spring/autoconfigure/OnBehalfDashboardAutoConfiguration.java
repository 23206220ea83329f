package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.dashboard.AcquireTimes;
import dev.onbehalf.spring.dashboard.DashboardEndpoint;
import dev.onbehalf.spring.dashboard.Watch;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The picture of the pool, where it is asked for by name. It is an endpoint of the Actuator and no
 * page of the application: those are for everybody who may sign in, and who works at this moment is
 * an operator's business. So it takes two settings to show it, and it stands where the application
 * has secured, or moved to another port, what operators see.
 */
@AutoConfiguration(after = OnBehalfAutoConfiguration.class)
@ConditionalOnBooleanProperty("onbehalf.dashboard.enabled")
@ConditionalOnBean(OnBehalf.class)
public class OnBehalfDashboardAutoConfiguration {
  private static final Logger log = LoggerFactory.getLogger("dev.onbehalf.spring");

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
  static class Page {
    @Bean
    @ConditionalOnAvailableEndpoint
    DashboardEndpoint onBehalfDashboardEndpoint() {
      return new DashboardEndpoint();
    }

    @Bean
    @ConditionalOnAvailableEndpoint(DashboardEndpoint.class)
    Watch onBehalfWatch(
        OnBehalfDatabase database, AcquireTimes times, OnBehalfProperties properties) {
      return new Watch(
          database,
          times,
          database::fleetStatus,
          properties.actuator().maskAddresses(),
          user -> user.equals(database.servicePrincipalRole()));
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> onBehalfDashboardLine(
        ObjectProvider<PathMappedEndpoints> endpoints, ObjectProvider<DashboardEndpoint> page) {
      return event -> {
        Optional<String> path =
            Optional.ofNullable(page.getIfAvailable() == null ? null : endpoints.getIfAvailable())
                .map(it -> it.getPath(EndpointId.of(DashboardEndpoint.ID)));
        if (path.isPresent()) {
          log.info(
              "The picture of the pool is at {}, for everybody whom the application lets come"
                  + " there",
              path.get());
        } else {
          log.warn(
              "The picture of the pool is enabled and not exposed: name {} in"
                  + " management.endpoints.web.exposure.include",
              DashboardEndpoint.ID);
        }
      };
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingClass(
      "org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint")
  static class NoPage {
    NoPage() {
      log.warn(
          "The picture of the pool is enabled, and needs the Actuator: add"
              + " spring-boot-starter-actuator");
    }
  }
}
