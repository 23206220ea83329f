package dev.onbehalf.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who may let the crowd come, and that nothing of it stays. */
@LocalPlayground
class LocalCrowdTest {
  @LocalServerPort private int port;
  @Autowired private LakebaseLocal local;

  private final HttpClient stranger = HttpClient.newHttpClient();
  private final HttpClient browser =
      HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

  private HttpResponse<String> send(HttpClient from, String method, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return from.send(request.build(), BodyHandlers.ofString());
  }

  private JsonNode doing() throws IOException, InterruptedException {
    return JsonMapper.shared().readTree(send(browser, "GET", "/local/crowd").body());
  }

  private long rolesOfTheCrowd() throws SQLException {
    return JdbcClient.create(local.superuser())
        .sql(
            "SELECT pg_catalog.count(*) FROM pg_catalog.pg_roles WHERE rolname LIKE '%@crowd.example'")
        .query(Long.class)
        .single();
  }

  @Test
  void whoIsSentAwayWhileTheyComeLeavesNothing() throws Exception {
    assertThat(send(stranger, "GET", "/local/crowd").statusCode()).isEqualTo(401);
    assertThat(send(stranger, "POST", "/local/crowd/start").statusCode()).isEqualTo(401);
    assertThat(send(browser, "POST", "/local/sign-in?email=alice@example.com").statusCode())
        .isEqualTo(204);
    assertThat(
            send(browser, "POST", "/local/crowd/start", "Origin", "http://evil.example")
                .statusCode())
        .isEqualTo(403);
    assertThat(doing().get("state").asString()).isEqualTo("NONE");

    for (int turn = 0; turn < 2; turn++) { // the second finds all as the first did
      assertThat(send(browser, "POST", "/local/crowd/start").statusCode()).isEqualTo(202);
      assertThat(send(browser, "POST", "/local/crowd/start").statusCode()).isEqualTo(409);
      await().until(() -> rolesOfTheCrowd() > 0);
      assertThat(send(browser, "POST", "/local/crowd/stop").statusCode()).isEqualTo(202);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> doing().get("state").asString().equals("NONE"));
      assertThat(rolesOfTheCrowd()).isZero();
      assertThat(local.users()).noneMatch(it -> it.endsWith(Crowd.DOMAIN));
    }
  }
}
