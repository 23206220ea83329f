package dev.onbehalf.playground;

import static dev.onbehalf.playground.DeployedPlayground.json;
import static dev.onbehalf.playground.DeployedPlayground.post;
import static dev.onbehalf.playground.DeployedPlayground.product;
import static dev.onbehalf.playground.SharedPlayground.ALICE;
import static dev.onbehalf.playground.SharedPlayground.BOB;
import static dev.onbehalf.playground.SharedPlayground.CAROL;
import static dev.onbehalf.playground.SharedPlayground.DORA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Whichever way an application asks, the database sees the person. */
class WaysToQueryTest {
  private static final LakebaseLocal local = SharedPlayground.LOCAL;
  private static final DeployedPlayground playground = SharedPlayground.PLAYGROUND;

  private static String path(String way) {
    return "/api/lakebase-examples/" + way + "/my-products";
  }

  private static HttpResponse<String> get(String user, String way) {
    return playground.send(playground.as(user, token(user), path(way)));
  }

  private static String token(String user) {
    return local.accessToken(user, Duration.ofHours(1));
  }

  private static HttpResponse<String> create(String user, String way, String body) {
    return playground.send(post(playground.as(user, token(user), path(way)), body));
  }

  private static List<String> names(HttpResponse<String> response) {
    List<String> names = new ArrayList<>();
    json(response).get("products").forEach(product -> names.add(product.get("name").asString()));
    return names;
  }

  private static String problem(HttpResponse<String> response) {
    return json(response).get("type").asString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "jdbc-client", "jpa", "jooq"})
  void whatOneCreatesIsOnesOwnAndNobodyElseSeesIt(String way) {
    String name = "Alice's teapot, by " + way;
    HttpResponse<String> created = create(ALICE, way, product(name));
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    assertThat(json(created).get("created_by").asString()).isEqualTo(ALICE);

    HttpResponse<String> alices = get(ALICE, way);
    assertThat(alices.statusCode()).as(alices.body()).isEqualTo(200);
    assertThat(json(alices).get("user").asString()).isEqualTo(ALICE);
    assertThat(names(alices)).contains(name, "Desk lamp").first().isEqualTo(name);
    assertThat(alices.headers().firstValue("X-Onbehalf-Current-User"))
        .hasValue("alice%40example.com");
    assertThat(alices.headers().firstValue("X-Onbehalf-Session-User"))
        .hasValue("alice%40example.com");

    HttpResponse<String> bobs = get(BOB, way);
    assertThat(json(bobs).get("user").asString()).isEqualTo(BOB);
    assertThat(names(bobs)).contains("Desk lamp").noneMatch(each -> each.startsWith("Alice's"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdbc-client", "jpa", "jooq"})
  void theAnswersAreThoseOfTheRawDriver(String way) {
    String body = "{\"name\":\"Kettle by %s\",\"price\":1e1,\"stock\":3}".formatted(way);
    JsonNode created = json(create(BOB, way, body));
    JsonNode products = json(get(BOB, "raw")).get("products");
    assertThat(products.get(0)).isEqualTo(created);
    assertThat(products.get(0).toString()).isEqualTo(created.toString());
    assertThat(get(BOB, way).body()).isEqualTo(get(BOB, "raw").body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "jdbc-client", "jpa", "jooq"})
  void whoMayNotIsToldTheGrant(String way) {
    HttpResponse<String> response = get(DORA, way);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(403);
    assertThat(problem(response)).isEqualTo("urn:onbehalf:problem:permission-denied");
    assertThat(response.body()).contains("raw_example_users").contains(DORA);
    assertThat(create(DORA, way, product("Nothing")).statusCode()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "jdbc-client", "jpa", "jooq"})
  void withoutAnIdentityThereIsNoAnswerAndABadBodyIsNamed(String way) {
    assertThat(playground.send(playground.request(path(way))).statusCode()).isEqualTo(401);
    HttpResponse<String> bad = create(ALICE, way, "{\"name\":\"a\",\"price\":-1,\"stock\":1}");
    assertThat(bad.statusCode()).isEqualTo(400);
    assertThat(problem(bad)).isEqualTo("urn:onbehalf:problem:bad-body");
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "jdbc-client", "jpa", "jooq"})
  void whoHasNoRoleIsToldWhatMakesIt(String way) {
    HttpResponse<String> response = get(CAROL, way);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(403);
    assertThat(problem(response)).isEqualTo("urn:onbehalf:problem:no-role");
    assertThat(response.body()).contains("databricks_create_role('carol@example.com', 'USER')");
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "jdbc-client", "jpa", "jooq"})
  void theAnswerSaysWhetherItCostALoginAndHowLongItTook(String way) {
    playground.bean(OnBehalfDatabase.class).revoke(BOB); // whose connections close
    assertThat(serverTiming(get(BOB, way)))
        .matches("connection;desc=\"login\";dur=\\d+\\.\\d\\d, request;dur=\\d+\\.\\d\\d");
    assertThat(serverTiming(get(BOB, way)))
        .matches("connection;desc=\"at hand\";dur=\\d+\\.\\d\\d, request;dur=\\d+\\.\\d\\d");
    assertThat(serverTiming(get(CAROL, way))).as("nobody's connection").startsWith("request;dur=");
  }

  private static String serverTiming(HttpResponse<String> response) {
    return response.headers().firstValue("Server-Timing").orElse("");
  }

  @Test
  void anotherWayIsNotThere() {
    assertThat(get(ALICE, "carrier-pigeon").statusCode()).isEqualTo(404);
  }
}
