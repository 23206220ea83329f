package example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What would be uploaded, started with the environment that the platform would set. */
class LayoutIT {
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = freePort();

  @Test
  void twoPeopleSeeTheirOwnOrders() throws Exception {
    run(new ProcessBuilder("./layout"));
    try (LakebaseLocal lakebase = LakebaseLocal.builder().user(ALICE).user(BOB).start()) {
      ProcessBuilder application =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", "app.jar");
      application
          .directory(Path.of("target/layout").toFile())
          .redirectErrorStream(true)
          .redirectOutput(Path.of("target/application.log").toFile());
      Map<String, String> environment = application.environment();
      environment.keySet().retainAll(Set.of("PATH", "HOME"));
      environment.putAll(lakebase.environment());
      environment.put("DATABRICKS_APP_PORT", Integer.toString(port));
      environment.put("PGSSLMODE", "require");
      Process running = application.start();
      try {
        awaitAlive(running);
        try (Connection administrator = lakebase.superuser().getConnection();
            Statement statement = administrator.createStatement()) {
          statement.execute(
              "GRANT order_users TO \"alice@example.com\", \"bob@example.com\"");
        }

        HttpRequest.Builder order = as(lakebase, ALICE).header("Content-Type", "application/json");
        assertThat(send(order.POST(BodyPublishers.ofString("{\"item\": \"tea\"}"))).statusCode())
            .isEqualTo(201);
        assertThat(send(as(lakebase, ALICE)).body()).contains("tea", ALICE);
        assertThat(send(as(lakebase, BOB)).body()).isEqualTo("[]");
        assertThat(send(request("/")).statusCode()).isEqualTo(401);
      } finally {
        running.destroy();
        assertThat(running.waitFor(30, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  private void awaitAlive(Process running) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .until(
            () ->
                !running.isAlive()
                    || send(request("/actuator/health/liveness")).statusCode() == 200);
    assertThat(running.isAlive()).as("see target/application.log").isTrue();
  }

  private HttpRequest.Builder as(LakebaseLocal lakebase, String person) {
    return request("/")
        .header("X-Forwarded-Email", person)
        .header(
            "X-Forwarded-Access-Token", lakebase.accessToken(person, Duration.ofHours(1)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static void run(ProcessBuilder command) throws IOException, InterruptedException {
    Process process = command.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
