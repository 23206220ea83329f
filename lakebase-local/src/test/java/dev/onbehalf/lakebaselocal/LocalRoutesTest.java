package dev.onbehalf.lakebaselocal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** People come and go, and faults are ordered, over HTTP while it runs. */
class LocalRoutesTest {
  private static final String ALICE = "alice@example.com";
  private static final String PEOPLE = "/local/people";
  private static final String FAULTS = "/local/faults";

  @RegisterExtension
  static final LakebaseLocalExtension LAKEBASE =
      LakebaseLocalExtension.builder().user(ALICE).build();

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void somebodyIsAddedLogsInAndIsRemovedAgain() throws Exception {
    String name = "dave+1@example.com";
    assertThat(post(PEOPLE, "{\"user\": \"" + name + "\"}").statusCode()).isEqualTo(201);
    assertThat(get(PEOPLE).body()).contains(ALICE, name);
    LakebaseLocal lakebase = LAKEBASE.get();
    String credential = lakebase.databaseCredential(name, Duration.ofHours(1));
    try (Connection open = logIn(name, credential)) {
      assertThat(delete(PEOPLE + "/" + name).statusCode()).isEqualTo(200);

      assertThat(open.isValid(5)).isFalse();
    }
    assertThatThrownBy(() -> logIn(name, credential))
        .hasMessageContaining("password authentication failed");
    assertThat(get(PEOPLE).body()).doesNotContain(name);
    assertThat(post("/local/tokens", "{\"user\": \"" + name + "\"}").statusCode()).isEqualTo(404);
    assertThat(delete(PEOPLE + "/" + name).statusCode()).isEqualTo(404);

    assertThat(post(PEOPLE, "{\"user\": \"" + name + "\"}").statusCode()).isEqualTo(201);
    logIn(name, lakebase.databaseCredential(name, Duration.ofHours(1))).close();
  }

  @Test
  void somebodyIsAddedWithoutARole() throws Exception {
    assertThat(post(PEOPLE, "{\"user\": \"eve@example.com\", \"role\": false}").statusCode())
        .isEqualTo(201);
    String credential = LAKEBASE.get().databaseCredential("eve@example.com", Duration.ofHours(1));
    assertThatThrownBy(() -> logIn("eve@example.com", credential))
        .hasMessageContaining("does not exist");
  }

  @Test
  void theCallsThatTheDocumentationShowsAreAnswered(@TempDir Path folder) throws Exception {
    assumeThat(List.of(System.getenv("PATH").split(File.pathSeparator, -1)))
        .anyMatch(place -> Files.isExecutable(Path.of(place, "curl")));
    String page = Files.readString(Path.of("../docs/lakebase-local.md"));
    int start = page.indexOf("export $(grep");
    String calls = page.substring(start, page.indexOf("```", start));
    assertThat(calls.lines().filter(line -> line.startsWith("curl "))).hasSizeGreaterThan(6);
    Files.write(
        folder.resolve("lakebase.env"),
        LAKEBASE.get().environment().entrySet().stream()
            .map(variable -> variable.getKey() + "=" + variable.getValue())
            .toList());
    Process shell =
        new ProcessBuilder("sh", "-e", "-c", calls.replace("curl ", "curl -sSf "))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(shell.getInputStream().readAllBytes(), UTF_8);
    assertThat(shell.waitFor()).as(said).isZero();
    assertThat(said).contains("dave@example.com", "refuse-logins");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"user\": \"postgres\"}",
        "{\"user\": \"alice@example.com\"}",
        "{\"user\": 1}",
        "{\"user\": \"f@example.com\", \"role\": \"yes\"}",
        "[]"
      })
  void whoCannotBeAddedIsNamed(String body) throws Exception {
    HttpResponse<String> answer = post(PEOPLE, body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(JSONObjectUtils.parse(answer.body())).containsKey("message");
  }

  @Test
  void lastingFaultsAreOrderedListedAndCancelled() throws Exception {
    assertThat(post(FAULTS, "{\"fault\": \"fail-workspace\", \"status\": 500}").statusCode())
        .isEqualTo(200);
    post(FAULTS, "{\"fault\": \"refuse-logins\", \"sqlState\": \"53300\", \"message\": \"full\"}");
    assertThat(get("/api/2.0/preview/scim/v2/Me").statusCode()).isEqualTo(500);
    assertThat(get(FAULTS).body()).isEqualTo("{\"faults\":[\"fail-workspace\",\"refuse-logins\"]}");
    assertThatThrownBy(this::logIn).hasMessageContaining("full");

    assertThat(delete(FAULTS + "/refuse-logins").statusCode()).isEqualTo(200);
    assertThat(delete(FAULTS + "/refuse-logins").statusCode()).isEqualTo(404);
    logIn().close();

    assertThat(delete(FAULTS).statusCode()).isEqualTo(200);
    assertThat(get(FAULTS).body()).isEqualTo("{\"faults\":[]}");
    assertThat(get("/api/2.0/preview/scim/v2/Me").statusCode()).isEqualTo(401);
  }

  @Test
  void whatHappensOnceHappens() throws Exception {
    try (Connection open = logIn()) {
      assertThat(post(FAULTS, "{\"fault\": \"cut-connections\"}").body())
          .contains("\"connections\":1");
      assertThat(open.isValid(5)).isFalse();
    }
    String credential = LAKEBASE.get().databaseCredential(ALICE, Duration.ofHours(1));
    post(FAULTS, "{\"fault\": \"expire-database-credentials\"}");
    assertThatThrownBy(() -> logIn(ALICE, credential)).isInstanceOf(SQLException.class);

    post(FAULTS, "{\"fault\": \"stop-database\"}");
    assertThatThrownBy(this::logIn).hasMessageContaining("not running");
    post(FAULTS, "{\"fault\": \"start-database\"}");
    logIn().close();
    post(FAULTS, "{\"fault\": \"suspend-database\", \"millis\": 0}");
    logIn().close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"fault\": \"earthquake\"} | refuse-logins",
        "{\"fault\": \"fail-workspace\", \"status\": 200} | 400 to 599",
        "{\"fault\": \"delay-logins\", \"millis\": -1} | millis",
        "{\"fault\": \"refuse-logins\", \"sqlState\": \"x\"} | SQLState",
        "{} | fault"
      })
  void aFaultThatCannotBeIsExplained(String body, String explanation) throws Exception {
    HttpResponse<String> answer = post(FAULTS, body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains(explanation);
  }

  /** What a page elsewhere can have its reader's browser send, with and without a preflight. */
  @Test
  void aPageOfAnotherSiteChangesNothing() throws Exception {
    String eve = "{\"user\": \"mallory@example.com\"}";
    for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "")) {
      assertThat(send("POST", PEOPLE, eve, Map.of("Content-Type", type)).statusCode())
          .isEqualTo(415);
    }
    for (String path : List.of(PEOPLE, FAULTS, "/local/tokens")) {
      Map<String, String> ofAPage =
          Map.of("Content-Type", "application/json", "Origin", "http://localhost:8080");
      assertThat(send("POST", path, eve, ofAPage).statusCode()).isEqualTo(403);
    }
    Map<String, String> origin = Map.of("Origin", "null");
    assertThat(send("DELETE", PEOPLE + "/" + ALICE, "", origin).statusCode()).isEqualTo(403);
    assertThat(send("DELETE", FAULTS, "", origin).statusCode()).isEqualTo(403);
    assertThat(send("OPTIONS", PEOPLE, "", origin).headers().map())
        .doesNotContainKey("Access-Control-Allow-Origin");
    assertThat(LAKEBASE.get().users()).contains(ALICE).doesNotContain("mallory@example.com");
  }

  @Test
  void aMethodThatIsNotTakenIsTold() throws Exception {
    HttpResponse<String> answer = send("PUT", PEOPLE, "{}", Map.of());
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue("GET, POST");
  }

  private Connection logIn() throws SQLException {
    return logIn(ALICE, LAKEBASE.get().databaseCredential(ALICE, Duration.ofHours(1)));
  }

  private static Connection logIn(String user, String password) throws SQLException {
    return DriverManager.getConnection(LAKEBASE.get().jdbcUrl(), user, password);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send("GET", path, "", Map.of());
  }

  private HttpResponse<String> delete(String path) throws Exception {
    return send("DELETE", path, "", Map.of());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return send("POST", path, body, Map.of("Content-Type", "application/json; charset=utf-8"));
  }

  private HttpResponse<String> send(
      String method, String path, String body, Map<String, String> headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(LAKEBASE.get().environment().get("DATABRICKS_HOST") + path))
            .method(method, BodyPublishers.ofString(body));
    headers.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            request.header(name, value);
          }
        });
    return http.send(request.build(), BodyHandlers.ofString());
  }
}
