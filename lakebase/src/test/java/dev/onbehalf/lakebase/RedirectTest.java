package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.pool.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A workspace whose answers send the caller elsewhere. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedirectTest {
  private static final String TOKEN = "dapi-0123456789abcdef";

  private final Queue<String> toldTheWorkspace = new ConcurrentLinkedQueue<>();
  private final Queue<String> toldStrangers = new ConcurrentLinkedQueue<>();
  private final HttpServer stranger = server();

  private static HttpServer server() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String url(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private static HttpHandler answering(int status, Queue<String> told, String location) {
    return (HttpExchange exchange) -> {
      List<String> credentials = exchange.getRequestHeaders().get("Authorization");
      if (credentials != null) {
        told.addAll(credentials);
      }
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().set("Location", location + exchange.getRequestURI());
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    };
  }

  @BeforeEach
  void start() {
    stranger.createContext("/", answering(404, toldStrangers, ""));
    stranger.start();
  }

  @AfterEach
  void stop() {
    stranger.stop(0);
  }

  @Test
  void aTokenDoesNotFollowARedirect() {
    for (int status : new int[] {301, 302, 303, 307, 308}) {
      assertTokenStays(status);
    }
  }

  private void assertTokenStays(int status) {
    HttpServer redirecting = server();
    redirecting.createContext("/", answering(status, toldTheWorkspace, url(stranger)));
    redirecting.start();
    TestDatabase.Settings settings =
        TestDatabase.builder()
            .variable("PGHOST", "localhost")
            .variable("PGDATABASE", "nobody_asks")
            .variable("PGUSER", "app")
            .variable("PGPASSWORD", "hunter2")
            .variable("LAKEBASE_ENDPOINT", "projects/p/branches/b/endpoints/e")
            .variable("DATABRICKS_HOST", url(redirecting))
            .build();
    toldTheWorkspace.clear();
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings)) {
      ForwardedIdentity alice = new ForwardedIdentity("alice@example.com", Secret.of(TOKEN));
      assertThatThrownBy(() -> lakebase.asUser(alice))
          .isInstanceOf(IssuerUnavailableException.class);
    } finally {
      redirecting.stop(0);
    }
    assertThat(toldTheWorkspace).as("told the workspace").contains("Bearer " + TOKEN);
    assertThat(toldStrangers).as("told a stranger after %d", status).isEmpty();
  }
}
