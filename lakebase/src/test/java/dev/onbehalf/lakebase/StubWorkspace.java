package dev.onbehalf.lakebase;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A workspace that answers what it is told to; for what no real one can be ordered to say. */
final class StubWorkspace implements AutoCloseable {
  static final String ME = "/api/2.0/preview/scim/v2/Me";
  static final String CREDENTIALS = "/api/2.0/postgres/credentials";
  static final String TOKEN = "/oidc/v1/token";
  static final String ENDPOINT = "projects/p/branches/b/endpoints/e";

  private record Answer(int status, String body) {}

  private final HttpServer server;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  StubWorkspace() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    answer("/.well-known/databricks-config", 200, "{\"oidc_endpoint\": \"%s/oidc\"}", url());
    answer(
        "/oidc/.well-known/oauth-authorization-server",
        200,
        "{\"token_endpoint\": \"%s\", \"authorization_endpoint\": \"%s\"}",
        url() + TOKEN,
        url());
    answer(
        TOKEN,
        200,
        "{\"access_token\": \"app\", \"token_type\": \"Bearer\", \"expires_in\": 3600}");
    answer(ME, 200, "{\"userName\": \"alice@example.com\"}");
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          String path = exchange.getRequestURI().getPath();
          Answer answer = answers.getOrDefault(path, new Answer(404, ""));
          byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void answer(String path, int status, String body, Object... arguments) {
    answers.put(path, new Answer(status, arguments.length == 0 ? body : body.formatted(arguments)));
  }

  /** Settings of an application whose database nobody reaches. */
  TestDatabase.Builder settings() {
    return TestDatabase.builder()
        .variable("PGHOST", "localhost")
        .variable("PGPORT", "1")
        .variable("PGDATABASE", "nobody_asks")
        .variable("LAKEBASE_ENDPOINT", ENDPOINT)
        .variable("DATABRICKS_HOST", url())
        .variable("DATABRICKS_CLIENT_ID", "the-app")
        .variable("DATABRICKS_CLIENT_SECRET", "hush-hush");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
