package dev.onbehalf.playground.real;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keycloak in its development mode, with the realm {@code shop}, and what its administrator does.
 */
final class Keycloak implements AutoCloseable {
  private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

  private final HttpClient http = HttpClient.newHttpClient();
  private final String admin = UUID.randomUUID().toString();
  private final String root;
  private final Program program;

  /**
   * Starts it, which takes half a minute.
   *
   * @param home where it is unpacked
   * @param realm its JSON
   */
  Keycloak(Path home, int port, String realm, Path log) {
    root = "http://localhost:" + port;
    try {
      Path data = home.resolve("data");
      FileSystemUtils.deleteRecursively(data); // of an earlier run, on other ports
      Files.createDirectories(data.resolve("import"));
      Files.writeString(data.resolve("import/shop.json"), realm);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    program =
        new Program(
            log,
            Map.of(
                "KC_BOOTSTRAP_ADMIN_USERNAME", "admin",
                "KC_BOOTSTRAP_ADMIN_PASSWORD", admin,
                "JAVA_OPTS_KC_HEAP", "-Xmx512m",
                "JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1"),
            List.of(
                "bash",
                home.resolve("bin/kc.sh").toString(),
                "start-dev",
                "--import-realm",
                "--http-host=127.0.0.1",
                "--http-port=" + port,
                "--hostname=" + root));
  }

  /** Returns when it has the realm. */
  Keycloak started() {
    program.listeningAt(URI.create(root).getPort());
    URI discovery = URI.create(issuer() + "/.well-known/openid-configuration");
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> send(HttpRequest.newBuilder(discovery)).statusCode() == 200);
    return this;
  }

  String issuer() {
    return issuer("shop");
  }

  private String issuer(String realm) {
    return root + "/realms/" + realm;
  }

  /** What a client gets for a person, without a browser: an access token and an ID token. */
  JsonNode tokens(String client, String secret, String person) {
    return json(
        ask(
            issuer(),
            client,
            secret,
            Map.of(
                "grant_type",
                "password",
                "username",
                person,
                "password",
                "of-" + person,
                "scope",
                "openid email")));
  }

  /** A token as the proxy forwards it. */
  String forwarded(String person) {
    return tokens("shop-proxy", "of-the-proxy", person).get("access_token").asString();
  }

  /** What the application exchanges it for. */
  String exchanged(String accessToken) {
    return json(ask(
            issuer(),
            "shop",
            "of-the-shop",
            Map.of(
                "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token", accessToken,
                "subject_token_type", ACCESS_TOKEN,
                "requested_token_type", ACCESS_TOKEN,
                "audience", "shop-database")))
        .get("access_token")
        .asString();
  }

  /** The application's own. */
  String ownToken() {
    return json(ask(issuer(), "shop", "of-the-shop", Map.of("grant_type", "client_credentials")))
        .get("access_token")
        .asString();
  }

  /** A token of the same server, of another issuer. */
  String tokenOfAnotherRealm() {
    return json(ask(
            issuer("master"),
            "admin-cli",
            "",
            Map.of(
                "grant_type", "password",
                "client_id", "admin-cli",
                "username", "admin",
                "password", admin)))
        .get("access_token")
        .asString();
  }

  /** An administrator lets a person in, or no longer. */
  void enable(String person, boolean enabled) {
    ObjectNode user = (ObjectNode) user(person);
    user.put("enabled", enabled);
    administer("PUT", "/users/" + user.get("id").asString(), user.toString());
  }

  /** An administrator signs a person out. */
  void signOut(String person) {
    administer("POST", "/users/%s/logout".formatted(user(person).get("id").asString()), "{}");
  }

  private JsonNode user(String person) {
    return JsonMapper.shared()
        .readTree(administer("GET", "/users?exact=true&username=" + person, ""))
        .get(0);
  }

  private String administer(String method, String path, String body) {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(URI.create(root + "/admin/realms/shop" + path))
                .header("Authorization", "Bearer " + tokenOfAnotherRealm())
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body)));
    if (answer.statusCode() >= 300) {
      throw new IllegalStateException(method + " " + path + ": " + answer.statusCode());
    }
    return answer.body();
  }

  private HttpResponse<String> ask(
      String issuer, String client, String secret, Map<String, String> form) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(issuer + "/protocol/openid-connect/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(
                BodyPublishers.ofString(
                    form.entrySet().stream()
                        .map(field -> field.getKey() + "=" + encoded(field.getValue()))
                        .collect(Collectors.joining("&"))));
    if (!secret.isEmpty()) {
      byte[] both = (client + ":" + secret).getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(both));
    }
    return send(request);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static JsonNode json(HttpResponse<String> answer) {
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(answer.statusCode() + " " + answer.body());
    }
    return JsonMapper.shared().readTree(answer.body());
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
