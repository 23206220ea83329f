package dev.onbehalf.lakebaselocal.internal.workspace;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.onbehalf.lakebaselocal.internal.workspace.Routes.Route;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workspace's HTTP server. Listens on loopback only. */
public final class Workspace implements Closeable {
  /*
   * A request is read whole, then counted, then disturbed if a fault is in force, then answered.
   * Reading has a limit in bytes here and a limit in time in the JDK's server.
   */
  private static final int MAX_BODY = 64 * 1024;

  /** What more is read of a body that is too long, so that the client hears the answer. */
  private static final int MAX_DRAIN = 1024 * 1024;

  /**
   * A page on another site can make a browser ask us, under a name of its own that leads to
   * loopback (DNS rebinding), and would then read tokens. But it can't choose the header Host.
   */
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d+)?", Pattern.CASE_INSENSITIVE);

  private static final Logger LOG = LoggerFactory.getLogger(Workspace.class);

  static {
    // The JDK's server has no other way to be told, and reads these once. In seconds: without the
    // first, a client that sends half a request holds a thread for ever. Without the second,
    // Nagle's
    // algorithm can hold back a small answer for 40 ms.
    setUnlessSet("sun.net.httpserver.maxReqTime", "10");
    setUnlessSet("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final CallCounter calls = new CallCounter();

  private Workspace(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Takes a port; requests wait until {@link #serve}.
   *
   * @param port zero takes any that is free
   */
  public static Workspace open(int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    ExecutorService threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "workspace");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    return new Workspace(server, threads);
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** {@code http://127.0.0.1:<port>}. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public CallCounter calls() {
    return calls;
  }

  /** Begins to answer. */
  public void serve(Routes routes, Disturbance disturbance) throws InterruptedException {
    server.createContext("/", exchange -> handle(exchange, routes, disturbance));
    // The server's own thread takes after the one that starts it: a daemon, so that a program which
    // forgets to close us can end.
    Thread starter = new Thread(server::start, "workspace-start");
    starter.setDaemon(true);
    starter.start();
    starter.join();
  }

  private void handle(HttpExchange exchange, Routes routes, Disturbance disturbance)
      throws IOException {
    try (exchange) {
      Answer answer;
      try {
        answer = answer(exchange, routes, disturbance);
      } catch (WorkspaceException e) {
        answer = Answer.error(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException | StackOverflowError e) {
        LOG.warn("A request that was not understood: {}", place(e));
        answer = Answer.error(WorkspaceException.malformed("This request was not understood."));
      }
      send(answer, exchange);
    }
  }

  /**
   * What broke, in one line: whoever can reach us can make it break as often as they like. What the
   * request said is no part of it.
   */
  private static String place(Throwable e) {
    StackTraceElement[] stack = e.getStackTrace();
    return e.getClass().getName() + (stack.length == 0 ? "" : " at " + stack[0]);
  }

  private Answer answer(HttpExchange exchange, Routes routes, Disturbance disturbance)
      throws IOException, WorkspaceException, InterruptedException {
    Request request = read(exchange);
    requireLoopbackName(request.header("Host"));
    URI target = exchange.getRequestURI();
    if (target.isAbsolute()) {
      requireLoopbackName(target.getRawAuthority()); // it outranks the header (RFC 9112, 3.2.2)
    }
    List<Route> found = routes.find(request.path());
    if (found.isEmpty()) {
      throw new WorkspaceException(
          404, "ENDPOINT_NOT_FOUND", "There is nothing at " + request.path() + ".");
    }
    Optional<Route> chosen =
        found.stream().filter(candidate -> candidate.method().equals(request.method())).findFirst();
    if (chosen.isEmpty()) {
      String methods = found.stream().map(Route::method).collect(Collectors.joining(", "));
      return Answer.error(
              new WorkspaceException(
                  405, "METHOD_NOT_ALLOWED", request.path() + " takes " + methods + "."))
          .withHeader("Allow", methods);
    }
    Route route = chosen.get();
    calls.count(request.path());
    if (route.disturbed()) {
      disturbance.beforeAnswer();
    }
    return route.endpoint().answer(request);
  }

  private static Request read(HttpExchange exchange) throws IOException, WorkspaceException {
    InputStream in = exchange.getRequestBody();
    byte[] body = in.readNBytes(MAX_BODY + 1);
    if (body.length > MAX_BODY) {
      in.readNBytes(MAX_DRAIN);
      throw new WorkspaceException(
          413, "REQUEST_TOO_LARGE", "The body is over " + MAX_BODY + " bytes long.");
    }
    URI uri = exchange.getRequestURI();
    return new Request(
        exchange.getRequestMethod(),
        path(uri),
        Objects.requireNonNullElse(uri.getRawQuery(), ""),
        exchange.getRequestHeaders(),
        ByteBuffer.wrap(body).asReadOnlyBuffer());
  }

  /** What begins with two slashes is a path too, though the parser takes its start for a host. */
  private static String path(URI target) {
    String path = Objects.requireNonNullElse(target.getRawPath(), "");
    String host = target.getRawAuthority();
    return target.isAbsolute() || host == null ? path : "//" + host + path;
  }

  private static void requireLoopbackName(@Nullable String host) throws WorkspaceException {
    if (host == null || !LOOPBACK.matcher(host).matches()) {
      throw new WorkspaceException(
          403,
          "PERMISSION_DENIED",
          "The request must name this machine's loopback address as its host.");
    }
  }

  private static void send(Answer answer, HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    byte[] body = JSONObjectUtils.toJSONString(answer.json()).getBytes(StandardCharsets.UTF_8);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(answer.status(), -1);
    } else {
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
