package dev.onbehalf.playground;

import static dev.onbehalf.playground.DeployedPlayground.API;
import static dev.onbehalf.playground.DeployedPlayground.json;
import static dev.onbehalf.playground.SharedPlayground.ALICE;
import static dev.onbehalf.playground.SharedPlayground.BOB;
import static dev.onbehalf.playground.SharedPlayground.CAROL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.RoleSetup;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import tools.jackson.databind.JsonNode;

/**
 * Why a row is seen, and the doctor, on a real database: about oneself only, and without mistakes.
 */
class RowDoctorTest {
  private static final LakebaseLocal local = SharedPlayground.LOCAL;
  private static final DeployedPlayground playground = SharedPlayground.PLAYGROUND;

  private static HttpResponse<String> get(String user, String path) {
    return playground.send(playground.as(user, token(user), path));
  }

  private static String token(String user) {
    return local.accessToken(user, Duration.ofHours(1));
  }

  private static String why(String person) {
    JsonNode products = json(playground.send(playground.request(API + "/products")));
    return "%s/products/%s/why?person=%s"
        .formatted(API, products.get(0).get("id").asString(), person);
  }

  private static void administer(String sql) throws SQLException {
    try (Connection connection = local.superuser().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void theServicePrincipalSaysWhichGrantItLacksAndAnswersOnceItHasIt() throws SQLException {
    HttpResponse<String> refused = get(ALICE, why(ALICE));
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
    assertThat(json(refused).get("type").asString()).isEqualTo("urn:onbehalf:problem:cannot-ask");
    assertThat(json(refused).get("detail").asString()).contains("GRANT", ALICE);

    String alice = RoleSetup.identifier(ALICE);
    String owner = RoleSetup.identifier(local.servicePrincipal());
    administer("GRANT %s TO %s WITH INHERIT FALSE, SET TRUE".formatted(alice, owner));
    try {
      HttpResponse<String> answered = get(ALICE, why(ALICE));
      assertThat(answered.statusCode()).as(answered.body()).isEqualTo(200);
      assertThat(answered.headers().firstValue("Cache-Control")).hasValue("no-store");
      assertThat(json(answered).get("question").get("person").asString()).isEqualTo(ALICE);
      assertThat(json(answered).get("server").get("asked").asString()).isEqualTo("OWN_CONNECTION");
    } finally {
      administer("REVOKE %s FROM %s".formatted(alice, owner));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {BOB, CAROL, "Alice@example.com", "nobody@example.com", ""})
  void nobodyAsksAboutOthers(String person) {
    HttpResponse<String> response = get(ALICE, why(person));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(403);
    assertThat(json(response).get("detail").asString()).contains("about yourself only");
  }

  @Test
  void whoIsNotSignedInGetsNoAnswer() {
    assertThat(playground.send(playground.request(why(ALICE))).statusCode()).isEqualTo(401);
    assertThat(playground.send(playground.request(API + "/doctor")).statusCode()).isEqualTo(401);
  }

  @Test
  void aQuestionThatIsNoneIsABadRequest() {
    HttpResponse<String> id = get(ALICE, API + "/products/lamp/why?person=" + ALICE);
    assertThat(id.statusCode()).as(id.body()).isEqualTo(400);
    assertThat(id.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    String nobody = API + "/products/00000000-0000-0000-0000-000000000000/why";
    assertThat(get(ALICE, nobody).statusCode()).isEqualTo(400);
  }

  @Test
  void theDoctorExaminesForWhoAsksAndFindsNothing() {
    HttpResponse<String> response = get(ALICE, API + "/doctor");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode diagnosis = json(response);
    assertThat(diagnosis.get("user").asString()).isEqualTo(ALICE);
    assertThat(diagnosis.get("report").get("people").asInt()).isEqualTo(1);
    assertThat(diagnosis.get("report").get("findings").isEmpty()).as(response.body()).isTrue();
    assertThat(diagnosis.get("planted").isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plant", "read", "mend", "remove"})
  void nobodyPlantsAMistakeInARealDatabase(String what) throws SQLException {
    String path = "/local/doctor/" + what;
    assertThat(playground.send(playground.request(path).POST(BodyPublishers.noBody())).statusCode())
        .isEqualTo(401);
    HttpResponse<String> response =
        playground.send(playground.as(ALICE, token(ALICE), path).POST(BodyPublishers.noBody()));
    assertThat(response.statusCode()).as(response.body()).isIn(404, 405);
    try (Connection connection = local.superuser().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT to_regclass('raw_example.everything')")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).isNull();
    }
  }

  @Test
  void whatPlantsTheMistakeIsNotEvenThere() {
    assertThatThrownBy(() -> playground.bean(PlantedMistake.class))
        .isInstanceOf(NoSuchBeanDefinitionException.class);
    assertThatThrownBy(() -> playground.bean(PlantedMistakeController.class))
        .isInstanceOf(NoSuchBeanDefinitionException.class);
  }
}
