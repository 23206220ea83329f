package dev.onbehalf.servlet;

import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

/**
 * An answer to one person, which no cache keeps ({@code no-store}: RFC 9111, 5.2.2.5) unless the
 * application says otherwise with a {@code Cache-Control} of its own.
 */
final class PersonalResponse extends HttpServletResponseWrapper {
  static final String CACHE_CONTROL = "Cache-Control";
  static final String NO_STORE = "no-store";

  /** Whether the application has said nothing yet. */
  private boolean ours;

  private PersonalResponse(HttpServletResponse response) {
    super(response);
    forbidStoring();
  }

  /** The same one again in an asynchronous dispatch: what was said before holds there still. */
  static HttpServletResponse of(HttpServletResponse response) {
    ServletResponse inner = response;
    while (inner instanceof ServletResponseWrapper wrapper) {
      if (inner instanceof PersonalResponse) {
        return response;
      }
      inner = wrapper.getResponse();
    }
    return new PersonalResponse(response);
  }

  private void forbidStoring() {
    super.setHeader(CACHE_CONTROL, NO_STORE);
    ours = true;
  }

  @Override
  public void setHeader(String name, String value) {
    super.setHeader(name, value);
    ours &= !CACHE_CONTROL.equalsIgnoreCase(name);
  }

  /** Frameworks add what a handler sets; beside {@code no-store} it would have no effect. */
  @Override
  public void addHeader(String name, String value) {
    if (ours && CACHE_CONTROL.equalsIgnoreCase(name)) {
      setHeader(name, value);
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
