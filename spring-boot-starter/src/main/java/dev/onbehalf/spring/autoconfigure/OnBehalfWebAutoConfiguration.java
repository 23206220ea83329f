package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.IdentityHeaders;
import dev.onbehalf.identity.Platform;
import dev.onbehalf.servlet.DevelopmentFilter;
import dev.onbehalf.servlet.DevelopmentToken;
import dev.onbehalf.servlet.ExemptPaths;
import dev.onbehalf.servlet.OnBehalfFilter;
import dev.onbehalf.servlet.ProblemWriter;
import dev.onbehalf.servlet.Problems;
import dev.onbehalf.servlet.TokenConcealmentFilter;
import dev.onbehalf.spring.ExemptPathPatterns;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.OnBehalfProblems;
import dev.onbehalf.spring.ProblemErrorAttributes;
import dev.onbehalf.spring.ProblemPages;
import dev.onbehalf.spring.ProblemResolver;
import jakarta.servlet.Filter;
import java.util.List;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.servlet.AbstractFilterRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.error.DefaultErrorAttributes;
import org.springframework.boot.webmvc.error.ErrorAttributes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.session.web.http.SessionRepositoryFilter;
import org.springframework.util.ClassUtils;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** The filter that binds the person behind a request, and the answers to what is refused. */
@AutoConfiguration(
    after = OnBehalfAutoConfiguration.class,
    afterName = "org.springframework.boot.session.autoconfigure.SessionAutoConfiguration",
    beforeName = "org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration")
public class OnBehalfWebAutoConfiguration {
  private static final String ERROR_CONTROLLER =
      "org.springframework.boot.webmvc.error.ErrorController";

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
      List<String> patterns = properties.identity().exemptPaths();
      return patterns.isEmpty() ? ExemptPaths.none() : new ExemptPathPatterns(patterns);
    }

    @Bean
    @ConditionalOnMissingBean
    Problems httpProblems(OnBehalf onBehalf, Platform platform, OnBehalfProperties properties) {
      return new Problems(platform, properties.group(), onBehalf::ranAs);
    }

    @Bean
    @ConditionalOnMissingBean
    OnBehalfProblems onBehalfProblems(Problems problems) {
      return new OnBehalfProblems(problems);
    }

    @Bean
    @ConditionalOnMissingBean
    ProblemWriter problemWriter(Problems problems, ListableBeanFactory beans) {
      return hasErrorPages(beans)
          ? new ProblemWriter(problems, new ProblemPages())
          : new ProblemWriter(problems);
    }

    @Bean
    @ConditionalOnMissingBean
    OnBehalfFilter onBehalfFilter(
        OnBehalf onBehalf,
        IdentityHeaders headers,
        ExemptPaths exempt,
        ProblemWriter writer,
        OnBehalfProperties properties) {
      return onBehalf
          .filter()
          .headers(headers)
          .exemptPaths(exempt)
          .problems(writer)
          .answersFailures(properties.problems().enabled())
          .build();
    }

    @Bean
    @ConditionalOnMissingBean(name = "onBehalfTokenConcealment")
    FilterRegistrationBean<TokenConcealmentFilter> onBehalfTokenConcealment(
        IdentityHeaders headers) {
      return IdentityFilters.first(new TokenConcealmentFilter(headers));
    }

    /** In front of Spring Security's chains, whether one of them is for a request or not. */
    @Bean
    @ConditionalOnMissingBean(name = "onBehalfFilterRegistration")
    FilterRegistrationBean<OnBehalfFilter> onBehalfFilterRegistration(
        OnBehalfFilter filter, Environment environment) {
      return IdentityFilters.identity(filter, environment);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  @ConditionalOnClass(SessionRepositoryFilter.class)
  static class Sessions {
    @Bean
    @ConditionalOnMissingBean(name = "onBehalfSessions")
    FilterRegistrationBean<Filter> onBehalfSessions(
        ObjectProvider<OnBehalfFilter> filters,
        ObjectProvider<AbstractFilterRegistrationBean<?>> registrations,
        ListableBeanFactory beans) {
      return IdentityFilters.sessions(filters.stream(), registrations.stream(), beans);
    }
  }

  /** Refused at the start where this is not a developer's machine. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  @ConditionalOnProperty("onbehalf.development.user")
  static class Development {
    @Bean
    FilterRegistrationBean<DevelopmentFilter> onBehalfDevelopmentFilter(
        OnBehalfProperties properties,
        ObjectProvider<DevelopmentToken> token,
        IdentityHeaders headers,
        ProblemWriter problems,
        ForwardedSenders senders,
        Environment environment) {
      OnBehalfProperties.Development development = properties.development();
      DevelopmentMachine.require(properties, environment, senders);
      return IdentityFilters.development(
          new DevelopmentFilter(
              String.valueOf(development.user()),
              DevelopmentMachine.token(token),
              headers,
              problems));
    }
  }

  private static boolean hasErrorPages(ListableBeanFactory beans) {
    ClassLoader loader = OnBehalfWebAutoConfiguration.class.getClassLoader();
    return ClassUtils.isPresent(ERROR_CONTROLLER, loader)
        && beans.getBeanNamesForType(
                    ClassUtils.resolveClassName(ERROR_CONTROLLER, loader), true, false)
                .length
            > 0;
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  @ConditionalOnClass(HandlerExceptionResolver.class)
  @ConditionalOnBooleanProperty(name = "onbehalf.problems.enabled", matchIfMissing = true)
  static class HandlerProblems {
    @Bean
    @ConditionalOnMissingBean
    ProblemResolver problemResolver(ProblemWriter problems) {
      return new ProblemResolver(problems);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  @ConditionalOnClass(DefaultErrorAttributes.class)
  static class ErrorPages {
    @Bean
    @ConditionalOnMissingBean(ErrorAttributes.class)
    ProblemErrorAttributes errorAttributes() {
      return new ProblemErrorAttributes();
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
