package com.example.shop;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.CAROL;
import static dev.onbehalf.spring.SharedLakebase.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.lakebaselocal.Faults.Fault;
import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.TestApplication;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails in a filter, in Spring Security's chain or in a servlet gets a handler's answer. */
class ErrorsOnEveryWayTest {
  private static final String BROWSER =
      "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

  private static TestApplication shop;

  @BeforeAll
  static void open() {
    shop =
        new TestApplication(
            SecuredShop.class,
            "onbehalf.identity.exempt-paths=/open/**",
            "onbehalf.pool.connection-timeout=3s");
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @AfterEach
  void mend() {
    SharedLakebase.get().faults().clear();
  }

  private static void assertProblem(HttpRequest.Builder request, int status, String type) {
    HttpResponse<String> response = shop.send(request);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(response.body())
        .startsWith("{\"type\":\"urn:onbehalf:problem:" + type + "\"")
        .endsWith("}");
  }

  private static HttpResponse<String> page(HttpRequest.Builder request, int status) {
    HttpResponse<String> response = shop.send(request.header("Accept", BROWSER));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
    assertThat(response.body()).contains("<title>Our shop</title>").doesNotContain("urn:onbehalf");
    return response;
  }

  @Test
  void aPersonIsServed() {
    assertThat(shop.send(shop.as(ALICE, "/who")).body()).isEqualTo(ALICE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/filtered", "/served", "/handled"})
  void aMissingRightIsToldTheSameWhereverItIsMet(String path) {
    assertProblem(shop.as(ALICE, path), 403, "permission-denied");
    assertThat(page(shop.as(ALICE, path), 403).body())
        .contains("<h1>Forbidden</h1>")
        .contains("permission denied for table pg_authid")
        .doesNotContain("half of the answer");
  }

  @Test
  void aPersonWithoutARoleIsToldSoWithinTheSecurityChainToo() {
    assertProblem(shop.as(CAROL, "/who"), 403, "no-role");
    assertThat(page(shop.as(CAROL, "/who"), 403).body()).contains("databricks_create_role");
  }

  @Test
  void anOutageWithinTheSecurityChainIsWorthAnotherTry() {
    SharedLakebase.get().faults().stopDatabase();
    assertProblem(shop.as(BOB, "/who"), 503, "database-unreachable");
    HttpResponse<String> page =
        shop.send(shop.as(BOB, "/who").header("Accept", BROWSER)); // Boot's own, if there is no 503
    assertThat(page.statusCode()).isEqualTo(503);
    assertThat(page.headers().firstValue("Retry-After")).isPresent();
    assertThat(page.body()).contains("Whitelabel").contains("Try again");
    SharedLakebase.get().faults().startDatabase();
    for (String person : List.of(ALICE, BOB)) { // whose connections are gone
      await().until(() -> shop.send(shop.as(person, "/who")).statusCode() == 200);
    }
  }

  @Test
  void anUnreachableWorkspaceIsTheSameForAPageAndAnApi() {
    try (Fault down = SharedLakebase.get().faults().failWorkspace(500)) {
      assertProblem(shop.as(BOB, "/who"), 503, "workspace-unreachable");
    }
  }

  /** The chain demands an authority of everybody, for the error page as well. */
  @Test
  void aRefusalHasItsPageThoughTheChainLetsNobodyIn() {
    HttpResponse<String> page = page(shop.request("/who"), 401);
    assertThat(page.body()).contains("<h1>Unauthorized</h1>").contains("Sign in through the proxy");
    assertThat(page.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    assertThat(page(shop.as(ALICE, token(BOB), "/who"), 403).body())
        .contains("the address and the token do not match");
    assertProblem(shop.request("/who"), 401, "identity-missing");
  }

  /** A page is not a way past the chain: it is the error page, and nothing else. */
  @Test
  void theErrorPageOfAnythingElseIsTheChainsAffair() {
    assertThat(shop.send(shop.request("/open/unknown").header("Accept", BROWSER)).statusCode())
        .isNotEqualTo(200);
    assertThat(shop.send(shop.request("/error").header("Accept", BROWSER)).statusCode())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*/*",
        "application/json",
        "application/problem+json, text/html;q=0.5",
        "application/json, text/html",
        "text/html;q=0.1, application/json",
        "nonsense",
        "a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a"
            + ",a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a,a/a"
            + ",text/html,text/html,text/html",
        "text/html;q=nonsense"
      })
  void whoDoesNotPreferAPageGetsJson(String accept) {
    assertProblem(shop.request("/who").header("Accept", accept), 401, "identity-missing");
  }
}
