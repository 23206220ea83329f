package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.IdentityHeaders;
import dev.onbehalf.servlet.ExemptPaths;
import dev.onbehalf.servlet.OnBehalfFilter;
import dev.onbehalf.servlet.ProblemWriter;
import dev.onbehalf.servlet.Problems;
import dev.onbehalf.servlet.TokenConcealmentFilter;
import dev.onbehalf.spring.OnBehalf;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * The same filters for an Actuator on a port of its own, which has a server and filters of its own.
 * What needs no identity there, the exempt paths say too.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(OnBehalfFilter.class)
class OnBehalfManagementConfiguration {
  @Bean
  FilterRegistrationBean<TokenConcealmentFilter> onBehalfManagementTokenConcealment(
      IdentityHeaders headers) {
    return IdentityFilters.first(new TokenConcealmentFilter(headers));
  }

  @Bean
  FilterRegistrationBean<OnBehalfFilter> onBehalfManagementFilter(
      OnBehalf onBehalf,
      IdentityHeaders headers,
      ExemptPaths exempt,
      Problems problems,
      Environment environment) {
    return IdentityFilters.identity(
        onBehalf
            .filter()
            .headers(headers)
            .exemptPaths(exempt)
            .problems(new ProblemWriter(problems))
            .answersFailures(false)
            .build(),
        environment);
  }
}
