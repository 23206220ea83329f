package dev.onbehalf.playground.local;

import dev.onbehalf.lakebaselocal.proxy.Visit;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Servlet request, as far as signing in needs to know it. */
record ServletVisit(HttpServletRequest request) implements Visit {
  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String path() {
    return request.getRequestURI();
  }

  @Override
  public List<String> headers(String name) {
    return Collections.list(request.getHeaders(name));
  }

  @Override
  public @Nullable String field(String name) {
    return request.getParameter(name);
  }
}
