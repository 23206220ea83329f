package dev.onbehalf.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.onbehalf.pool.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is sent to an issuer, field by field, as its documentation has it. No more is sent. */
class TokenRequestsTest {
  private static final String SCOPE = "https://ossrdbms-aad.database.windows.net/.default";

  private HttpServer server;
  private volatile String method = "";
  private volatile String contentType = "";
  private volatile String authorization = "";
  private volatile Map<String, String> form = Map.of();

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/token", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    method = exchange.getRequestMethod();
    contentType = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
    authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    form =
        Arrays.stream(body.split("&"))
            .map(field -> field.split("=", 2))
            .collect(Collectors.toMap(it -> it[0], it -> URLDecoder.decode(it[1], UTF_8)));
    byte[] json =
        "{\"access_token\":\"new\",\"token_type\":\"Bearer\",\"expires_in\":3599,\"issued_token_type\":\"urn:ietf:params:oauth:token-type:access_token\"}"
            .getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, json.length);
    exchange.getResponseBody().write(json);
    exchange.close();
  }

  private OAuthClient client(String id, String secret) {
    String base = "http://127.0.0.1:" + server.getAddress().getPort();
    return new OAuthClient(base, URI.create(base + "/token"), id, Secret.of(secret));
  }

  private void assertForm() {
    assertThat(method).isEqualTo("POST");
    assertThat(contentType).startsWith("application/x-www-form-urlencoded");
  }

  /**
   * Microsoft identity platform, "OAuth 2.0 On-Behalf-Of flow", first case, with a shared secret:
   * its table of six parameters, all of them required.
   */
  @Test
  void entrasOnBehalfOfFlow() {
    try (TestIssuer issuer = new TestIssuer()) {
      String token = issuer.token("");
      DatabaseCredential credential =
          TokenExchange.onBehalfOf(client("535fb089-9ff3", "sampleCredentia1s"), Set.of(SCOPE))
              .of("alice@example.com", Secret.of(token));
      assertThat(credential.password().reveal()).isEqualTo("new");
      assertForm();
      assertThat(authorization).isEqualTo("null");
      assertThat(form)
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer",
                  "client_id", "535fb089-9ff3",
                  "client_secret", "sampleCredentia1s",
                  "assertion", token,
                  "scope", SCOPE,
                  "requested_token_use", "on_behalf_of"));
    }
  }

  /** RFC 8693, 2.1, with the client's id and secret encoded as RFC 6749, 2.3.1 wants it. */
  @Test
  void theTokenExchangeOfRfc8693() {
    TokenExchange.of(client("the app", "a:b%c"), Set.of("the-database"), Set.of("login"))
        .of("alice@example.com", Secret.of("opaque"));
    assertForm();
    assertThat(authorization)
        .isEqualTo(
            "Basic " + Base64.getEncoder().encodeToString("the+app:a%3Ab%25c".getBytes(UTF_8)));
    assertThat(form)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token", "opaque",
                "subject_token_type", "urn:ietf:params:oauth:token-type:access_token",
                "requested_token_type", "urn:ietf:params:oauth:token-type:access_token",
                "audience", "the-database",
                "scope", "login"));
  }

  /** RFC 6749, 4.4.2; Entra names the database by the same scope. */
  @Test
  void theApplicationsOwnToken() {
    new ClientCredentials(client("the-app", "x"), Set.of(), Set.of(SCOPE)).get();
    assertForm();
    assertThat(authorization).startsWith("Basic ");
    assertThat(form)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("grant_type", "client_credentials", "scope", SCOPE));
  }
}
