package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.OnBehalf;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.authority.mapping.GrantedAuthoritiesMapper;
import org.springframework.security.core.authority.mapping.SimpleAuthorityMapper;
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

  @Bean
  @ConditionalOnProperty(name = "onbehalf.security.authorities", havingValue = "roles")
  @ConditionalOnMissingBean(AuthenticationUserDetailsService.class)
  AuthenticationUserDetailsService<PreAuthenticatedAuthenticationToken> onBehalfRoleAuthorities(
      OnBehalf onBehalf, ObjectProvider<GrantedAuthoritiesMapper> mapper) {
    return new RoleAuthorities(onBehalf, mapper.getIfUnique(SimpleAuthorityMapper::new));
  }
}
