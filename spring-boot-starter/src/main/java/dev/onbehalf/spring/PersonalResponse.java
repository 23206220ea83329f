package dev.onbehalf.spring;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.springframework.http.HttpHeaders;

/**
 * An answer to one person, which no cache keeps ({@code no-store}: RFC 9111, 5.2.2.5) unless the
 * application says otherwise with a {@code Cache-Control} of its own.
 */
final class PersonalResponse extends HttpServletResponseWrapper {
  static final String NO_STORE = "no-store";

  PersonalResponse(HttpServletResponse response) {
    super(response);
    forbidStoring();
  }

  private void forbidStoring() {
    super.setHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
  }

  /** Spring MVC adds what a handler sets; beside {@code no-store} it would have no effect. */
  @Override
  public void addHeader(String name, String value) {
    if (HttpHeaders.CACHE_CONTROL.equalsIgnoreCase(name) && NO_STORE.equals(getHeader(name))) {
      super.setHeader(name, value);
    } else {
      super.addHeader(name, value);
    }
  }

  @Override
  public void reset() {
    super.reset();
    forbidStoring();
  }
}
