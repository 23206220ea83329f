package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.ExemptPaths;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.OnBehalfFilter;
import jakarta.servlet.DispatcherType;
import java.util.List;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.AuthenticationUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.authentication.preauth.AbstractPreAuthenticatedProcessingFilter;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;

/**
 * Makes the person behind a request Spring Security's principal, in every filter chain that is
 * built with {@link HttpSecurity}. Their authorities are those that a bean of the type {@link
 * AuthenticationUserDetailsService} gives them; without one, none.
 */
@AutoConfiguration(
    after = {OnBehalfWebAutoConfiguration.class, ServletWebSecurityAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({HttpSecurity.class, ServletWebSecurityAutoConfiguration.class})
@ConditionalOnBean(name = "springSecurityFilterChain")
public class OnBehalfSecurityAutoConfiguration {
  /** Boot's own chain, without and with the Actuator, which wants everybody signed in. */
  private static final List<String> DEFAULT_CHAINS =
      List.of("defaultSecurityFilterChain", "managementSecurityFilterChain");

  @Bean
  @ConditionalOnMissingBean(name = "onBehalfSecurity")
  Customizer<HttpSecurity> onBehalfSecurity(
      OnBehalf onBehalf,
      OnBehalfFilter filter,
      ExemptPaths exempt,
      ObjectProvider<AuthenticationUserDetailsService<PreAuthenticatedAuthenticationToken>> people,
      BeanFactory beans) {
    PreAuthentication authentication =
        new PreAuthentication(
            onBehalf, people.getIfAvailable(() -> OnBehalfSecurityAutoConfiguration::person));
    return http -> {
      http.addFilterBefore(filter, AbstractPreAuthenticatedProcessingFilter.class)
          .addFilter(authentication);
      if (DEFAULT_CHAINS.stream()
          .anyMatch(beans::containsBean)) { // in chains of its own the application decides
        http.authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(exempt::contain)
                    .permitAll()
                    .dispatcherTypeMatchers(DispatcherType.ERROR)
                    .permitAll()); // else a refusal's own page would be refused
      }
    };
  }

  private static User person(PreAuthenticatedAuthenticationToken token) {
    return new User(token.getName(), "", List.of());
  }
}
