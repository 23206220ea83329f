package dev.onbehalf.playground;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The playground as it runs in production: its environment names a Lakebase, nobody signs in
 * locally, and this test is the proxy in front of it.
 */
final class DeployedPlayground implements AutoCloseable {
  static final String API = "/api/lakebase-examples/raw";

  private final HttpClient http = HttpClient.newHttpClient();
  private final ConfigurableApplicationContext context;

  DeployedPlayground(LakebaseLocal local, String... properties) {
    SpringApplicationBuilder application =
        new SpringApplicationBuilder(PlaygroundApplication.class)
            .properties("server.port=0", "server.address=127.0.0.1");
    local.environment().forEach((name, value) -> application.properties(name + "=" + value));
    context = application.properties(properties).run();
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  URI uri(String path) {
    return URI.create(
        "http://127.0.0.1:%s%s"
            .formatted(context.getEnvironment().getProperty("local.server.port"), path));
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path));
  }

  /** A request as the proxy forwards it. */
  HttpRequest.Builder as(String address, String token, String path) {
    return request(path)
        .header("X-Forwarded-Email", address)
        .header("X-Forwarded-Access-Token", token);
  }

  static HttpRequest.Builder post(HttpRequest.Builder request, String json) {
    return request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(json));
  }

  static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  static String product(String name) {
    return JsonMapper.shared()
        .writeValueAsString(Map.of("name", name, "category", "Test", "price", 1.5, "stock", 2));
  }

  @Override
  public void close() {
    context.close();
  }
}
