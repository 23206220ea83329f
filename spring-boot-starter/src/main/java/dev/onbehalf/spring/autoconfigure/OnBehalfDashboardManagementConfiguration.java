package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.dashboard.DashboardEndpoint;
import dev.onbehalf.spring.dashboard.DashboardServlet;
import dev.onbehalf.spring.dashboard.Watch;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** The picture's servlet, on the Actuator's own server where it has one. */
@ManagementContextConfiguration(value = ManagementContextType.ANY, proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(Watch.class)
class OnBehalfDashboardManagementConfiguration {
  @Bean
  ServletRegistrationBean<DashboardServlet> onBehalfDashboard(
      Watch watch,
      OnBehalf onBehalf,
      PathMappedEndpoints endpoints,
      ObjectProvider<DispatcherServletPath> dispatcher,
      Environment environment) {
    String path = endpoints.getPath(EndpointId.of(DashboardEndpoint.ID));
    DispatcherServletPath beside = dispatcher.getIfAvailable();
    boolean isSamePort = ManagementPortType.get(environment) == ManagementPortType.SAME;
    String prefix = isSamePort && beside != null ? beside.getPrefix() : "";
    ServletRegistrationBean<DashboardServlet> servlet =
        new ServletRegistrationBean<>(
            new DashboardServlet(watch, onBehalf::currentUser), prefix + path + "/*");
    servlet.setName("onbehalf-dashboard");
    servlet.setAsyncSupported(true);
    return servlet;
  }
}
