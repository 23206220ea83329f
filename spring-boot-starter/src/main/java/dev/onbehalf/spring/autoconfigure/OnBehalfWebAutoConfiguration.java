package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.lakebase.IdentityHeaders;
import dev.onbehalf.lakebase.LakebaseSettings;
import dev.onbehalf.spring.ExemptPaths;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.OnBehalfFilter;
import dev.onbehalf.spring.OnBehalfProblems;
import dev.onbehalf.spring.ProblemResolver;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** The filter that binds the person behind a request, and the answers to what is refused. */
@AutoConfiguration(after = OnBehalfAutoConfiguration.class)
public class OnBehalfWebAutoConfiguration {
  /** Where Spring Security's filters stand when it is there. */
  private static final int FILTER_ORDER = -100;

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  static class Servlet {
    @Bean
    @ConditionalOnMissingBean
    IdentityHeaders identityHeaders(OnBehalfProperties properties) {
      return new IdentityHeaders(
          properties.headers().address(), properties.headers().accessToken());
    }

    @Bean
    ForwardedSenders onBehalfForwardedSenders(Environment environment, ListableBeanFactory beans) {
      return new ForwardedSenders(environment, beans);
    }

    @Bean
    @ConditionalOnMissingBean
    ExemptPaths exemptPaths(OnBehalfProperties properties) {
      return new ExemptPaths(properties.identity().exemptPaths());
    }

    @Bean
    @ConditionalOnMissingBean
    OnBehalfProblems onBehalfProblems(
        OnBehalf onBehalf, LakebaseSettings settings, OnBehalfProperties properties) {
      return new OnBehalfProblems(onBehalf, settings.endpoint(), properties.group());
    }

    @Bean
    @ConditionalOnMissingBean
    OnBehalfFilter onBehalfFilter(
        OnBehalf onBehalf, IdentityHeaders headers, ExemptPaths exempt, OnBehalfProblems problems) {
      return new OnBehalfFilter(onBehalf, headers, exempt, problems);
    }

    /** Where Spring Security is at work, the filter is one of its own, and not the server's. */
    @Bean
    @ConditionalOnMissingBean(name = "onBehalfFilterRegistration")
    FilterRegistrationBean<OnBehalfFilter> onBehalfFilterRegistration(
        OnBehalfFilter filter, BeanFactory beans) {
      FilterRegistrationBean<OnBehalfFilter> registration = new FilterRegistrationBean<>(filter);
      registration.setEnabled(!beans.containsBean("springSecurityFilterChain"));
      registration.setOrder(FILTER_ORDER);
      registration.setDispatcherTypes(
          EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
      return registration;
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  @ConditionalOnClass(HandlerExceptionResolver.class)
  @ConditionalOnBooleanProperty(name = "onbehalf.problems.enabled", matchIfMissing = true)
  static class Problems {
    @Bean
    @ConditionalOnMissingBean
    ProblemResolver problemResolver(OnBehalfProblems problems) {
      return new ProblemResolver(problems);
    }
  }

  /** A person is bound to a thread, and a reactive application has no thread for a person. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
  static class Reactive {
    Reactive() {
      throw new InvalidConfigurationPropertyValueException(
          "spring.main.web-application-type",
          "reactive",
          "Onbehalf works in servlet applications only: it binds a person to the thread that works"
              + " for them. Use spring-boot-starter-webmvc in place of"
              + " spring-boot-starter-webflux, or set the property to servlet or none.");
    }
  }
}
