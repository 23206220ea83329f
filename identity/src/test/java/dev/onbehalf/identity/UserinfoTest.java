package dev.onbehalf.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.pool.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an issuer's userinfo endpoint may answer, and what is made of it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UserinfoTest {
  private static final String ALICE = "alice@example.com";

  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private volatile int status = 200;
  private volatile String answer = "{}";
  private volatile boolean stalls;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/.well-known/openid-configuration",
        exchange ->
            send(
                exchange,
                200,
                "{\"issuer\":\"%s\",\"userinfo_endpoint\":\"%s/me\"}"
                    .formatted(issuer(), issuer())));
    server.createContext("/me", this::me);
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private String issuer() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void me(HttpExchange exchange) throws IOException {
    if (stalls) {
      exchange.sendResponseHeaders(200, 100); // and not a byte of it
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return;
    }
    if (status / 100 == 3) {
      exchange.getResponseHeaders().set("Location", issuer() + "/elsewhere");
    }
    send(exchange, status, answer);
  }

  private static void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String verify(String token) {
    return new UserinfoIdentityVerifier(issuer(), "email")
        .verify(new ForwardedIdentity(ALICE, Secret.of(token)))
        .user();
  }

  @Test
  void aVerifiedAddressIsWhoseTheTokenIs() {
    answer = "{\"sub\":\"1\",\"email\":\"alice@example.com\",\"email_verified\":true}";
    assertThat(verify("opaque")).isEqualTo(ALICE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"sub\":\"1\",\"email\":\"alice@example.com\"}",
        "{\"sub\":\"1\",\"email\":\"alice@example.com\",\"email_verified\":false}",
        "{\"sub\":\"1\",\"email\":\"alice@example.com\",\"email_verified\":null}",
        "{\"sub\":\"1\",\"email\":[\"alice@example.com\"],\"email_verified\":true}",
        "{\"sub\":\"1\"}"
      })
  void anAddressThatIsNotSaidToBeVerifiedIsNobodys(String json) {
    answer = json;
    assertThatThrownBy(() -> verify("opaque"))
        .isInstanceOfSatisfying(
            IdentityException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOKEN_REFUSED));
  }

  @Test
  void aTokenThatNamesAnotherIssuerIsRefusedWhateverTheEndpointSays() {
    answer = "{\"sub\":\"1\",\"email\":\"alice@example.com\",\"email_verified\":true}";
    try (TestIssuer other = new TestIssuer()) {
      String token = other.token(", \"email\": \"" + ALICE + "\"");
      assertThatThrownBy(() -> verify(token))
          .isInstanceOf(IdentityException.class)
          .hasMessageContaining("another issuer");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "302, ANSWER_UNREADABLE",
    "404, ANSWER_UNREADABLE",
    "405, ANSWER_UNREADABLE",
    "429, UNREACHABLE",
    "500, UNREACHABLE",
    "503, UNREACHABLE"
  })
  void noVerdictIsNobodysFaultOrTheOperators(int code, IssuerUnavailableException.Reason reason) {
    status = code;
    assertThatThrownBy(() -> verify("opaque"))
        .isInstanceOfSatisfying(
            IssuerUnavailableException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void anAnswerThatStallsBehindItsHeadersHasAnEnd() {
    stalls = true;
    long before = System.nanoTime();
    assertThat(catchThrowable(() -> verify("opaque")))
        .isInstanceOf(IssuerUnavailableException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void anAnswerWithoutEndIsNotRead() {
    answer = "{\"sub\":\"" + "x".repeat(300 * 1024) + "\"}";
    assertThatThrownBy(() -> verify("opaque")).isInstanceOf(IssuerUnavailableException.class);
  }
}
