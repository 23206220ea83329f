package dev.onbehalf.playground;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** On a local run: why anybody sees a product, and a mistake planted, seen to leak, and mended. */
@LocalPlayground
class LocalDoctorTest {
  private static final String API = "/api/lakebase-examples/raw";
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";
  private static final String CAROL = "carol@example.com";
  private static final String VIEW = "raw_example.everything";

  @LocalServerPort private int port;
  private HttpClient browser = HttpClient.newHttpClient();

  @BeforeEach
  void signInAsAlice() throws Exception {
    browser = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    signIn(ALICE);
  }

  @AfterEach
  void removeTheMistake() throws Exception {
    assertThat(post("/local/doctor/remove").statusCode()).isEqualTo(204);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return browser.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return browser.send(request.build(), BodyHandlers.ofString());
  }

  private void signIn(String email) throws IOException, InterruptedException {
    assertThat(post("/local/sign-in?email=" + email).statusCode()).isEqualTo(204);
  }

  private static JsonNode json(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(response.body());
  }

  private HttpResponse<String> why(String person, String product)
      throws IOException, InterruptedException {
    for (JsonNode each : json(get(API + "/products"))) {
      if (each.get("name").asString().equals(product)) {
        return get(
            "%s/products/%s/why?person=%s".formatted(API, each.get("id").asString(), person));
      }
    }
    throw new AssertionError("No product " + product);
  }

  @ParameterizedTest
  @CsvSource({
    "alice@example.com, Alice's prototype, ALLOWED, own",
    "bob@example.com, Alice's prototype, HIDDEN, own",
    "bob@example.com, Desk lamp, ALLOWED, shared",
  })
  void thePolicyAndItsValuesAreSaid(String person, String product, String verdict, String policy)
      throws Exception {
    JsonNode why = json(why(person, product));
    assertThat(why.get("verdict").asString()).isEqualTo(verdict);
    assertThat(why.get("headline").asString()).contains(person, "policy \"" + policy + "\"");
    assertThat(why.get("checks").get(0).get("policies").toString())
        .contains("\"created_by\"", "\"operands\"", person);
    assertThat(why.get("server").get("asked").asString())
        .isEqualTo(person.equals(ALICE) ? "OWN_CONNECTION" : "SET_ROLE");
    assertThat(why.get("server").get("verdict").asString()).isEqualTo(verdict);
  }

  @Test
  void whoIsNotThereOrHasNoRoleIsAProblem() throws Exception {
    HttpResponse<String> withoutRole = why(CAROL, "Desk lamp");
    assertThat(withoutRole.statusCode()).as(withoutRole.body()).isEqualTo(404);
    assertThat(withoutRole.body()).contains("urn:onbehalf:problem:no-such-role", CAROL);
    HttpResponse<String> notListed = why("postgres", "Desk lamp");
    assertThat(notListed.statusCode()).as(notListed.body()).isEqualTo(400);
    assertThat(notListed.body()).contains("/local/users");
  }

  @Test
  void theDoctorFindsTheMistakeItLeaksAndTheFindingsOwnSqlMendsIt() throws Exception {
    assertThat(findings()).isEmpty();
    assertThat(post("/local/doctor/read").statusCode()).isEqualTo(409);
    assertThat(post("/local/doctor/mend").statusCode()).isEqualTo(409);

    assertThat(post("/local/doctor/plant").statusCode()).isEqualTo(204);
    assertThat(findings()).containsExactly("view-runs-as-owner " + VIEW);
    assertThat(owners()).contains(ALICE, BOB);

    assertThat(post("/local/doctor/mend").statusCode()).isEqualTo(204);
    assertThat(findings()).isEmpty();
    assertThat(owners()).contains(ALICE, "null").doesNotContain(BOB);
    signIn(BOB);
    assertThat(owners()).contains(BOB, "null").doesNotContain(ALICE);

    assertThat(post("/local/doctor/plant").statusCode()).isEqualTo(204);
    assertThat(findings()).as("planted anew").isNotEmpty();
    assertThat(post("/local/doctor/remove").statusCode()).isEqualTo(204);
    assertThat(json(get(API + "/doctor")).get("planted").asBoolean()).isFalse();
  }

  private List<String> findings() throws IOException, InterruptedException {
    List<String> findings = new ArrayList<>();
    for (JsonNode each : json(get(API + "/doctor")).get("report").get("findings")) {
      findings.add(each.get("id").asString() + " " + each.get("object").asString());
    }
    return findings;
  }

  /** Whose rows are read through the view; "null" for shared ones. */
  private List<String> owners() throws IOException, InterruptedException {
    List<String> owners = new ArrayList<>();
    for (JsonNode each : json(post("/local/doctor/read")).get("products")) {
      owners.add(each.get("created_by").isNull() ? "null" : each.get("created_by").asString());
    }
    return owners;
  }

  @ParameterizedTest
  @CsvSource({
    "/local/doctor/plant, Sec-Fetch-Site, same-site",
    "/local/doctor/plant, Sec-Fetch-Site, cross-site",
    "/local/doctor/plant, Origin, http://localhost:1",
    "/local/doctor/plant, Origin, null",
    "/local/%64octor/plant, Sec-Fetch-Site, same-site",
    "/local/doctor/mend, Sec-Fetch-Site, same-site",
    "/local/doctor/remove, Sec-Fetch-Site, same-site",
    "/local/doctor/read, Sec-Fetch-Site, same-site",
  })
  void aPageOfAnotherSiteChangesNothing(String path, String header, String value) throws Exception {
    HttpResponse<String> response = post(path, header, value);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(403);
    assertThat(findings()).isEmpty();
  }

  @Test
  void whoIsNotSignedInPlantsNothing() throws Exception {
    assertThat(post("/local/sign-out").statusCode()).isEqualTo(204);
    for (String what : List.of("plant", "read", "mend", "remove")) {
      assertThat(post("/local/doctor/" + what).statusCode()).isEqualTo(401);
    }
    assertThat(get(API + "/doctor").statusCode()).isEqualTo(401);
    signIn(ALICE);
    assertThat(findings()).isEmpty();
  }
}
