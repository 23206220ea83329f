package dev.onbehalf.spring.dashboard;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The page's three files and its stream; nothing else, and nothing but GET. Who may come is the
 * application's say: it stands behind all of its filters. Thread-safe.
 */
public final class DashboardServlet extends HttpServlet {
  private static final long serialVersionUID = 1;
  private static final Map<String, String> TYPES =
      Map.of(
          "index.html", "text/html;charset=UTF-8",
          "dashboard.css", "text/css;charset=UTF-8",
          "dashboard.js", "text/javascript;charset=UTF-8");
  private static final String EVENTS = "/events";

  /** RFC 6585; 503 is said by what stands in front. */
  private static final int TOO_MANY = 429;

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final transient Watch watch;
  private final transient Supplier<Optional<String>> person;
  private final transient Map<String, byte[]> files = new TreeMap<>();

  /**
   * A page on which all look at the same.
   *
   * @param person who asks, as far as that is known
   */
  public DashboardServlet(Watch watch, Supplier<Optional<String>> person) {
    this.watch = watch;
    this.person = person;
    TYPES.keySet().forEach(name -> files.put("/" + name, read(name)));
  }

  private static byte[] read(String name) {
    try (InputStream file = DashboardServlet.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new IllegalStateException("The starter's jar lacks " + name);
      }
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("Content-Security-Policy", POLICY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cache-Control", "no-store");
    String path = request.getPathInfo();
    if (path == null || path.equals("/")) {
      toPage(request, response);
    } else if (path.equals(EVENTS)) {
      stream(request, response);
    } else {
      send(path, response);
    }
  }

  /** Relative, for a proxy may have cut off what comes before. */
  private static void toPage(HttpServletRequest request, HttpServletResponse response) {
    String uri = request.getRequestURI();
    String last = uri.endsWith("/") ? "" : uri.substring(uri.lastIndexOf('/') + 1) + "/";
    response.setStatus(HttpServletResponse.SC_FOUND);
    response.setHeader("Location", last + "index.html");
  }

  private void send(String path, HttpServletResponse response) throws IOException {
    byte[] file = files.get(path);
    if (file == null) {
      response.sendError(HttpServletResponse.SC_NOT_FOUND);
      return;
    }
    response.setContentType(TYPES.get(path.substring(1)));
    response.setContentLength(file.length);
    response.getOutputStream().write(file);
  }

  private void stream(HttpServletRequest request, HttpServletResponse response) throws IOException {
    String owner = person.get().orElse("");
    if (request.getMethod().equals("HEAD")) { // which asks why there is no stream
      if (!watch.hasRoomFor(owner)) {
        refuse(response);
      }
      return;
    }
    response.setContentType("text/event-stream;charset=UTF-8");
    response.setHeader("X-Accel-Buffering", "no"); // nginx would collect it
    AsyncContext context = request.startAsync();
    context.setTimeout(0);
    ServletOutputStream out = response.getOutputStream();
    Stream stream = new Stream(context, out, owner, System::nanoTime);
    context.addListener(stream);
    if (watch.join(stream)) {
      out.setWriteListener(stream);
    } else {
      refuse(response);
      context.complete();
    }
  }

  private static void refuse(HttpServletResponse response) {
    response.setHeader("Retry-After", "10");
    response.setStatus(TOO_MANY);
  }
}
