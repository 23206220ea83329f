package dev.onbehalf.playground;

import static dev.onbehalf.playground.DeployedPlayground.API;
import static dev.onbehalf.playground.DeployedPlayground.json;
import static dev.onbehalf.playground.DeployedPlayground.post;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A bad body is answered field by field, and never with 500. */
class BadBodyTest {
  private static final DeployedPlayground playground = SharedPlayground.PLAYGROUND;

  private static HttpResponse<String> create(String body) {
    return playground.send(post(playground.request(API + "/products"), body));
  }

  private static List<String> fields(HttpResponse<String> response) {
    List<String> fields = new ArrayList<>();
    json(response).get("errors").forEach(error -> fields.add(error.get("field").asString()));
    return fields;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                                              | name, price, stock",
        "{\"name\":\"\",\"price\":1,\"stock\":1}                         | name",
        "{\"name\":\"  \",\"price\":1,\"stock\":1}                       | name",
        "{\"name\":7,\"price\":1,\"stock\":1}                            | name",
        "{\"name\":\"a\\u0000b\",\"price\":1,\"stock\":1}                | name",
        "{\"name\":\"\\ud800\",\"price\":1,\"stock\":1}                  | name",
        "{\"name\":\"a\",\"category\":[],\"price\":1,\"stock\":1}        | category",
        "{\"name\":\"a\",\"category\":\"\\u0000\",\"price\":1,\"stock\":1} | category",
        "{\"name\":\"a\",\"price\":-0.01,\"stock\":1}                    | price",
        "{\"name\":\"a\",\"price\":100000000,\"stock\":1}                | price",
        "{\"name\":\"a\",\"price\":99999999.991,\"stock\":1}             | price",
        "{\"name\":\"a\",\"price\":0.001,\"stock\":1}                    | price",
        "{\"name\":\"a\",\"price\":1e999999999,\"stock\":1}              | price",
        "{\"name\":\"a\",\"price\":1e-999999999,\"stock\":1}             | price",
        "{\"name\":\"a\",\"price\":\"12.50\",\"stock\":1}                | price",
        "{\"name\":\"a\",\"price\":null,\"stock\":1}                     | price",
        "{\"name\":\"a\",\"price\":1,\"stock\":-1}                       | stock",
        "{\"name\":\"a\",\"price\":1,\"stock\":2147483648}               | stock",
        "{\"name\":\"a\",\"price\":1,\"stock\":1.5}                      | stock",
        "{\"name\":\"a\",\"price\":1,\"stock\":true}                     | stock",
        "{\"name\":\"a\",\"price\":1,\"stock\":1,\"created_by\":\"x\"}   | created_by",
        "{\"id\":1,\"name\":\"\",\"price\":-1,\"stock\":\"x\"}           | id, name, price, stock",
      })
  void eachWrongFieldIsNamed(String body, String expected) {
    HttpResponse<String> response = create(body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(json(response).get("type").asString()).isEqualTo("urn:onbehalf:problem:bad-body");
    assertThat(fields(response)).containsExactly(expected.split(", "));
  }

  @Test
  void tooLongTextsAreNamedWithTheirLength() {
    String body =
        "{\"name\":\"%s\",\"category\":\"%s\",\"price\":1,\"stock\":1}"
            .formatted("n".repeat(256), "c".repeat(101));
    HttpResponse<String> response = create(body);
    assertThat(fields(response)).containsExactly("name", "category");
    assertThat(response.body()).contains("and has 256", "and has 101");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"name\":\"a\",",
        "[]",
        "null",
        "7",
        "\"name\"",
        "{\"name\":\"a\",\"name\":\"b\",\"price\":1,\"stock\":1}",
        "{\"name\":\"a\",\"price\":1,\"stock\":1} {}",
        "{\"name\":\"a\",\"price\":01,\"stock\":1}",
        "{\"name\":\"a\",\"price\":NaN,\"stock\":1}",
        "\0",
      })
  void whatIsNoJsonObjectIsRefused(String body) {
    HttpResponse<String> response = create(body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(json(response).get("detail").asString())
        .isNotBlank()
        .doesNotContain("Feature", "REDACTED");
  }

  @Test
  void deeplyNestedJsonIsRefused() {
    assertThat(create("[".repeat(30_000)).statusCode()).isEqualTo(400);
  }

  @Test
  void invalidUtf8IsRefused() {
    byte[] body =
        "{\"name\":\"\u00ff\",\"price\":1,\"stock\":1}".getBytes(StandardCharsets.ISO_8859_1);
    HttpResponse<String> response =
        playground.send(
            playground
                .request(API + "/products")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body)));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
  }

  @Test
  void aBodyOverSixtyFourKibibytesIsTooLargeWithAndWithoutALength() {
    byte[] body = " ".repeat(64 * 1024 + 1).getBytes(StandardCharsets.UTF_8);
    assertThat(create(" ".repeat(64 * 1024 + 1)).statusCode()).isEqualTo(413);
    HttpResponse<String> chunked =
        playground.send(
            playground
                .request(API + "/products")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));
    assertThat(chunked.statusCode()).isEqualTo(413);
  }

  @Test
  void anotherContentTypeIsUnsupported() {
    HttpResponse<String> response =
        playground.send(
            playground
                .request(API + "/products")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("{}")));
    assertThat(response.statusCode()).isEqualTo(415);
    assertThat(json(response).get("detail").asString())
        .isEqualTo("The body must be application/json, not text/plain.");
    HttpResponse<String> broken =
        playground.send(
            playground
                .request(API + "/products")
                .header("Content-Type", "no type")
                .POST(BodyPublishers.ofString("{}")));
    assertThat(broken.statusCode()).isEqualTo(415);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\":\"a\",\"price\":0,\"stock\":0}",
        "{\"name\":\"\\ud83e\\uded6 teapot\",\"category\":\"\",\"price\":99999999.99,\"stock\":2147483647}",
        "{\"name\":\"a\",\"category\":null,\"price\":1.50,\"stock\":1}",
        "{\"name\":\"a\",\"price\":1e2,\"stock\":1}",
        "{\"name\":\"a'); DROP TABLE raw_example.products; --\",\"price\":1,\"stock\":1}",
      })
  void whatIsAtTheEdgeIsAccepted(String body) {
    HttpResponse<String> response = create(body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
  }
}
