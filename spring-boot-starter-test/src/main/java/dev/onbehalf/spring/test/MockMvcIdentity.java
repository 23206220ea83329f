package dev.onbehalf.spring.test;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.onbehalf.identity.IdentityHeaders;
import dev.onbehalf.spring.OnBehalf;
import jakarta.servlet.http.HttpSession;
import org.springframework.boot.webmvc.test.autoconfigure.MockMvcBuilderCustomizer;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.test.web.servlet.setup.ConfigurableMockMvcBuilder;
import org.springframework.test.web.servlet.setup.MockMvcConfigurer;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.WebApplicationContext;

/**
 * Stands in for the proxy: a test's requests carry the identity of its user. A session that the
 * test gives them is that user's, unless it says whose it is: the door would take it for nobody's.
 */
final class MockMvcIdentity implements MockMvcBuilderCustomizer, MockMvcConfigurer {
  private static final boolean SECURITY =
      ClassUtils.isPresent(
          "org.springframework.security.core.context.SecurityContextHolder",
          MockMvcIdentity.class.getClassLoader());

  /** Where a session says whose it is. */
  private static final String OWNER = "dev.onbehalf.servlet.SessionOwner";

  @Override
  public void customize(ConfigurableMockMvcBuilder<?> builder) {
    builder.apply(this);
    if (SECURITY) {
      builder.alwaysDo(result -> MockMvcAuthentication.putBack(result.getRequest()));
    }
  }

  @Override
  public RequestPostProcessor beforeMockMvcCreated(
      ConfigurableMockMvcBuilder<?> builder, WebApplicationContext context) {
    OnBehalf onBehalf = context.getBean(OnBehalf.class);
    IdentityHeaders headers = context.getBean(IdentityHeaders.class);
    return request -> {
      onBehalf.currentUser().ifPresent(user -> forward(user, headers, request));
      if (SECURITY) {
        MockMvcAuthentication.keep(request);
      }
      return request;
    };
  }

  /** Leaves alone what the test sets itself, so that it can play somebody else. */
  private static void forward(
      String user, IdentityHeaders headers, MockHttpServletRequest request) {
    if (request.getHeader(headers.address()) == null
        && request.getHeader(headers.accessToken()) == null) {
      // UTF-8, of which a server makes a character for each byte
      request.addHeader(headers.address(), new String(user.getBytes(UTF_8), ISO_8859_1));
      request.addHeader(headers.accessToken(), TestLakebase.token(user));
      HttpSession session = request.getSession(false);
      if (session != null && session.getAttribute(OWNER) == null) {
        session.setAttribute(OWNER, user);
      }
    }
  }
}
