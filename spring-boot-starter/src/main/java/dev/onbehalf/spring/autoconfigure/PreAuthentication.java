package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.OnBehalf;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.authentication.preauth.AbstractPreAuthenticatedProcessingFilter;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;

/**
 * Tells Spring Security who is bound. Somebody else whom a session remembers gives way to them, for
 * this request, so that what the application permits fits what the database shows.
 */
final class PreAuthentication extends AbstractPreAuthenticatedProcessingFilter {
  private final OnBehalf onBehalf;

  PreAuthentication(OnBehalf onBehalf, PersonAuthentication person) {
    this.onBehalf = onBehalf;
    setAuthenticationManager(person.manager());
    setRequiresAuthenticationRequestMatcher(request -> isNews());
    // Not the session: it would remember the person for requests that prove nobody.
    setSecurityContextRepository(new RequestAttributeSecurityContextRepository());
  }

  private boolean isNews() {
    Authentication known = SecurityContextHolder.getContext().getAuthentication();
    return onBehalf
        .currentUser()
        .filter(user -> !PersonAuthentication.isOf(known, user))
        .isPresent();
  }

  @Override
  protected @Nullable Object getPreAuthenticatedPrincipal(HttpServletRequest request) {
    return onBehalf.currentUser().orElse(null);
  }

  /**
   * Who the person is, is proved: what failed is the application's question for their authorities.
   * That nobody is signed in would be a wrong answer to it.
   */
  @Override
  protected void unsuccessfulAuthentication(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException failed)
      throws IOException, ServletException {
    super.unsuccessfulAuthentication(request, response, failed);
    if (failed.getCause() != null) {
      throw new ServletException(failed.getCause());
    }
  }

  @Override
  protected Object getPreAuthenticatedCredentials(HttpServletRequest request) {
    return PersonAuthentication.NO_CREDENTIALS;
  }
}
