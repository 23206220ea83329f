package dev.onbehalf.spring.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.AuthenticationUserDetailsService;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;

/** Who a bound person is to Spring Security, with and without requests. */
@AutoConfiguration(before = OnBehalfAutoConfiguration.class)
@ConditionalOnClass({SecurityContextHolder.class, PreAuthenticatedAuthenticationToken.class})
public class OnBehalfAuthenticationAutoConfiguration {
  @Bean
  PersonAuthentication onBehalfPersonAuthentication(
      ObjectProvider<AuthenticationUserDetailsService<PreAuthenticatedAuthenticationToken>>
          people) {
    return new PersonAuthentication(people);
  }
}
