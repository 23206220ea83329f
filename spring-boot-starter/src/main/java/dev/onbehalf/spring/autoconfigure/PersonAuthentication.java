package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.PersonScope;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.AuthenticationUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationProvider;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;

/**
 * Who the bound person is to Spring Security: the same in a request's filter chains and in work
 * that code binds them to. Thread-safe.
 */
final class PersonAuthentication implements PersonScope {
  /** There are none to show: the token was proved before, and stays out of the security context. */
  static final String NO_CREDENTIALS = "N/A";

  private final ObjectProvider<
          AuthenticationUserDetailsService<PreAuthenticatedAuthenticationToken>>
      people;

  /**
   * @param people gives people their authorities; asked when it is needed, for it may need our
   *     DataSource
   */
  PersonAuthentication(
      ObjectProvider<AuthenticationUserDetailsService<PreAuthenticatedAuthenticationToken>>
          people) {
    this.people = people;
  }

  AuthenticationManager manager() {
    PreAuthenticatedAuthenticationProvider provider = new PreAuthenticatedAuthenticationProvider();
    provider.setPreAuthenticatedUserDetailsService(
        token ->
            people
                .getIfAvailable(() -> PersonAuthentication::withoutAuthorities)
                .loadUserDetails(token));
    return new ProviderManager(provider);
  }

  private static User withoutAuthorities(PreAuthenticatedAuthenticationToken token) {
    return new User(token.getName(), "", List.of());
  }

  /** Whether {@code known} is what a chain or this made of that person. */
  static boolean isOf(@Nullable Authentication known, String user) {
    return known instanceof PreAuthenticatedAuthenticationToken && known.getName().equals(user);
  }

  @Override
  public Scope begin(String user) {
    SecurityContext former = SecurityContextHolder.getContext();
    if (isOf(former.getAuthentication(), user)) {
      return () -> {};
    }
    SecurityContext own = SecurityContextHolder.createEmptyContext();
    own.setAuthentication(
        manager().authenticate(new PreAuthenticatedAuthenticationToken(user, NO_CREDENTIALS)));
    SecurityContextHolder.setContext(own);
    return () -> putBack(former);
  }

  private static void putBack(SecurityContext former) {
    if (former.getAuthentication() == null) {
      SecurityContextHolder.clearContext();
    } else {
      SecurityContextHolder.setContext(former);
    }
  }
}
