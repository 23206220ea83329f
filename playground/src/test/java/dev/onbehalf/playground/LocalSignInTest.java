package dev.onbehalf.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.OnBehalfDatabase;
import java.io.IOException;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who stands in for the proxy, and what there is besides. */
@LocalPlayground
@ExtendWith(OutputCaptureExtension.class)
class LocalSignInTest {
  private static final String MINE = "/api/lakebase-examples/raw/my-products";
  private static final String DEBUG = "/api/lakebase-examples/raw/debug-token";

  @Autowired private ServletWebServerApplicationContext context;
  @LocalServerPort private int port;
  private HttpClient browser = HttpClient.newHttpClient();

  @BeforeEach
  void openBrowser() {
    browser = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
  }

  private HttpResponse<String> send(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return browser.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> signIn(String email) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/local/sign-in"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("email=" + email))
            .build();
    return browser.send(request, BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  @Test
  void theListedPeopleSignInAndOutAndSeeThemselves() throws Exception {
    assertThat(json(send("/local/users")).get("signedIn").isNull()).isTrue();
    assertThat(send("/local/users").body())
        .contains("alice@example.com", "bob@example.com", "carol@example.com");
    assertThat(send(MINE).statusCode()).isEqualTo(401);

    HttpResponse<String> signedIn = signIn("alice@example.com");
    assertThat(signedIn.statusCode()).isEqualTo(204);
    assertThat(signedIn.headers().firstValue("Set-Cookie").orElse(""))
        .contains("HttpOnly", "SameSite=Strict");
    assertThat(json(send("/local/users")).get("signedIn").asString())
        .isEqualTo("alice@example.com");
    assertThat(json(send(MINE)).get("user").asString()).isEqualTo("alice@example.com");

    signIn("bob@example.com");
    assertThat(json(send(MINE)).get("user").asString()).isEqualTo("bob@example.com");

    HttpRequest signOut =
        HttpRequest.newBuilder(uri("/local/sign-out")).POST(BodyPublishers.noBody()).build();
    assertThat(browser.send(signOut, BodyHandlers.ofString()).statusCode()).isEqualTo(204);
    assertThat(send(MINE).statusCode()).isEqualTo(401);
  }

  @Test
  void somebodyWhoIsNotListedCannotSignIn() throws Exception {
    assertThat(signIn("mallory@example.com").statusCode()).isEqualTo(400);
    assertThat(signIn("").statusCode()).isEqualTo(400);
    assertThat(send(MINE).statusCode()).isEqualTo(401);
  }

  @Test
  void headersThatAClientForgesAreDropped() throws Exception {
    assertThat(
            send(MINE, "X-Forwarded-Email", "alice@example.com", "x-forwarded-access-token", "abc")
                .statusCode())
        .isEqualTo(401);
    signIn("bob@example.com");
    HttpResponse<String> response =
        send(MINE, "X-Forwarded-Email", "alice@example.com", "X-Forwarded-Access-Token", "abc");
    assertThat(json(response).get("user").asString()).isEqualTo("bob@example.com");
    assertThat(
            send(DEBUG, "X-Forwarded-Email", "alice@example.com", "X-Forwarded-Host", "h").body())
        .contains("bob@example.com")
        .doesNotContain("alice@example.com");
  }

  @Test
  void debugTokenShowsLengthHashAndClaimsAndNeverTheToken() throws Exception {
    signIn("alice@example.com");
    HttpResponse<String> response = send(DEBUG);
    JsonNode token = json(response).get("X-Forwarded-Access-Token").get(0);
    assertThat(token.get("length").asInt()).isGreaterThan(100);
    assertThat(token.get("sha256").asString()).matches("[0-9a-f]{8}");
    assertThat(token.get("claims").get("email").asString()).isEqualTo("alice@example.com");
    assertThat(token.get("claims").propertyNames())
        .isSubsetOf("sub", "email", "iss", "aud", "exp", "scope");
    assertThat(response.body()).doesNotContain("eyJ");
  }

  @Test
  void thePersonWithoutARoleIsToldWhatToDo() throws Exception {
    signIn("carol@example.com");
    HttpResponse<String> response = send(MINE);
    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(response.body()).contains("databricks_create_role('carol@example.com', 'USER')");
  }

  @Test
  void theLogTellsWhenAPersonsPoolIsMadeReusedAndGone(CapturedOutput output) throws Exception {
    OnBehalfDatabase lakebase = context.getBean(OnBehalfDatabase.class);
    lakebase.revoke("alice@example.com"); // who may be there from another test
    signIn("alice@example.com");
    send(MINE);
    send(MINE);
    lakebase.revoke("alice@example.com");
    await()
        .untilAsserted(
            () ->
                assertThat(output)
                    .containsPattern(alicesPool("made"))
                    .containsPattern(alicesPool("reused"))
                    .containsPattern(alicesPool("gone")));
  }

  private static String alicesPool(String change) {
    return "Pool of \"alice@example.com\" %s: \\d+ users, \\d+ connections".formatted(change);
  }

  @Test
  void whatIsPrivateIsThereFromTheStart() throws Exception {
    signIn("alice@example.com");
    assertThat(send(MINE).body())
        .contains("Alice's prototype", "Alice's special order", "Desk lamp")
        .doesNotContain("Bob's prototype");
    signIn("bob@example.com");
    assertThat(send(MINE).body()).contains("Bob's prototype").doesNotContain("Alice's");
  }

  @Test
  void whatThePageLinksToIsThereAndIsText() throws Exception {
    String page = send("/lakebase").body();
    List<String> links =
        Pattern.compile("<a [^>]*href=\"(/[^\"]+)\"")
            .matcher(page)
            .results()
            .map(link -> link.group(1))
            .toList();
    assertThat(links).hasSizeGreaterThan(5);
    for (String link : links) {
      HttpResponse<String> text = send(link);
      assertThat(text.statusCode()).as(link).isEqualTo(200);
      assertThat(text.headers().firstValue("Content-Type"))
          .as(link)
          .hasValue("text/plain;charset=UTF-8");
    }
  }

  @Test
  void itListensOnLoopbackOnlyForWhoeverReachesItCanSignIn() {
    InetAddress address =
        ((org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory)
                context.getBean("tomcatServletWebServerFactory"))
            .getAddress();
    assertThat(address).isEqualTo(InetAddress.getLoopbackAddress());
  }

  @Test
  void thePageAndHealthAreThere() throws Exception {
    HttpResponse<String> health = send("/api/lakebase-examples/raw/health");
    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(json(health).get("status").asString()).isEqualTo("healthy");
    assertThat(json(health).get("connected").asBoolean()).isTrue();
    assertThat(json(health).get("localSignIn").asBoolean()).isTrue();
    HttpResponse<String> page = send("/lakebase");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
    assertThat(page.body()).contains("Raw Driver OBO");
    assertThat(page.headers().firstValue("Cache-Control")).contains("no-cache");
  }
}
