package dev.onbehalf.playground;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The playground as {@code ONBEHALF_CREDENTIALS=bean ./start} runs it. */
class OpenIdIssuerTest {
  @Test
  void peopleAreThemselvesOnAnyPostgresWithAnIssuer() throws Exception {
    try (ConfigurableApplicationContext context =
        new SpringApplicationBuilder(PlaygroundApplication.class)
            .run(
                "--PGHOST=",
                "--server.port=0",
                "--server.shutdown=immediate",
                "--onbehalf.credentials=bean")) {
      String root = "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
      for (String person : new String[] {"alice@example.com", "bob@example.com"}) {
        assertThat(productsOf(person, root).get("user").asString()).isEqualTo(person);
      }
    }
  }

  private static JsonNode productsOf(String person, String root) throws Exception {
    HttpClient browser = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    browser.send(
        HttpRequest.newBuilder(URI.create(root + "/local/sign-in"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("email=" + person))
            .build(),
        BodyHandlers.discarding());
    return JsonMapper.shared()
        .readTree(
            browser
                .send(
                    HttpRequest.newBuilder(
                            URI.create(root + DeployedPlayground.API + "/my-products"))
                        .build(),
                    BodyHandlers.ofString())
                .body());
  }
}
