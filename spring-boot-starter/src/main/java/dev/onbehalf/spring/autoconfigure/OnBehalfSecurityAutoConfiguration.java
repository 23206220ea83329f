package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.servlet.ExemptPaths;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.ProblemPages;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.AuthenticationUserDetailsService;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Makes the person behind a request Spring Security's principal, in every filter chain that is
 * built with {@link HttpSecurity}. Their authorities are those that a bean of the type {@link
 * AuthenticationUserDetailsService} gives them; without one, none.
 */
@AutoConfiguration(
    after = {
      OnBehalfAuthenticationAutoConfiguration.class,
      OnBehalfWebAutoConfiguration.class,
      ServletWebSecurityAutoConfiguration.class
    },
    afterName =
        OnBehalfSecurityAutoConfiguration
            .MANAGEMENT_SECURITY) // who look whether the application has chains of its own
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({HttpSecurity.class, ServletWebSecurityAutoConfiguration.class})
@ConditionalOnBean(name = "springSecurityFilterChain")
public class OnBehalfSecurityAutoConfiguration {
  static final String MANAGEMENT_SECURITY =
      "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration";

  /** Boot's own chain, without and with the Actuator, which wants everybody signed in. */
  private static final List<String> DEFAULT_CHAINS =
      List.of("defaultSecurityFilterChain", "managementSecurityFilterChain");

  @Bean
  @ConditionalOnMissingBean(name = "onBehalfSecurity")
  Customizer<HttpSecurity> onBehalfSecurity(
      OnBehalf onBehalf, ExemptPaths exempt, PersonAuthentication person, BeanFactory beans) {
    PreAuthentication authentication = new PreAuthentication(onBehalf, person);
    return http -> {
      http.addFilter(authentication);
      if (DEFAULT_CHAINS.stream()
          .anyMatch(beans::containsBean)) { // in chains of its own the application decides
        http.authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(exempt::contain)
                    .permitAll()
                    .dispatcherTypeMatchers(DispatcherType.ERROR)
                    .permitAll());
      }
    };
  }

  @Bean
  static NoGeneratedPassword onBehalfNoGeneratedPassword(Environment environment) {
    return new NoGeneratedPassword(environment);
  }

  /** Whatever the chains demand: nobody is proved, and a refusal's page would be refused. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  SecurityFilterChain onBehalfProblemPages() {
    return new DefaultSecurityFilterChain(new ProblemPage());
  }

  private static final class ProblemPage implements RequestMatcher {
    @Override
    public boolean matches(HttpServletRequest request) {
      return ProblemPages.isFor(request);
    }

    @Override
    public String toString() {
      return "the error page of a request that is refused already";
    }
  }
}
