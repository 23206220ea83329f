package dev.onbehalf.spring.test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Keeps a test's authentication over its requests, which run on its own thread: Spring Security's
 * filters leave the thread with none.
 */
final class MockMvcAuthentication {
  private static final String KEPT = MockMvcAuthentication.class.getName();

  private MockMvcAuthentication() {}

  static void keep(MockHttpServletRequest request) {
    request.setAttribute(KEPT, SecurityContextHolder.getContext());
  }

  static void putBack(MockHttpServletRequest request) {
    if (request.getAttribute(KEPT) instanceof SecurityContext kept) {
      SecurityContextHolder.setContext(kept);
    }
  }
}
