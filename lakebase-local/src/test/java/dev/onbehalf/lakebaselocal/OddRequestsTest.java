package dev.onbehalf.lakebaselocal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.Base64URL;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What no HTTP client sends, over raw sockets: each ends in a 4xx, and in no stack trace. */
class OddRequestsTest {
  private static final String ALICE = "alice@example.com";
  private static final int MUTANTS = 500;

  @RegisterExtension
  static final LakebaseLocalExtension LAKEBASE =
      LakebaseLocalExtension.builder().user(ALICE).build();

  private static String host() {
    return Objects.requireNonNull(LAKEBASE.get().environment().get("DATABRICKS_HOST"));
  }

  /** The bytes of the characters, so that a test can send any. */
  private static String raw(String request) throws IOException {
    URI uri = URI.create(host());
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), uri.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private static String get(String target, String... headers) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n"
        .formatted(target, lines(headers));
  }

  private static String post(String target, String body, String... headers) {
    return "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %s\r\n%s\r\n%s"
        .formatted(target, body.length(), lines(headers), body);
  }

  private static String lines(String... headers) {
    return String.join("", List.of(headers).stream().map(header -> header + "\r\n").toList());
  }

  private static String bearer(String header, String claims) {
    return "Authorization: Bearer %s.%s.c2ln"
        .formatted(Base64URL.encode(header), Base64URL.encode(claims));
  }

  private static List<String> oddRequests() {
    String me = "/api/2.0/preview/scim/v2/Me";
    List<String> odd = new ArrayList<>();
    for (String target :
        List.of(
            "//",
            "///",
            "//x",
            "//x/local/tokens",
            "/%61dmin",
            "/local/%74okens",
            "/;a=b",
            "/local/tokens;a=b",
            "/local/../local/tokens",
            "/\\",
            "/%00",
            "/%",
            "*",
            "mailto:x",
            "http:",
            "http://",
            "http://evil/oidc/jwks.json?",
            "?",
            "#",
            "local/tokens",
            "/" + "a".repeat(100_000))) {
      odd.add(get(target));
    }
    odd.add(post("//x/local/tokens", "{\"user\": \"alice@example.com\"}"));
    odd.add(post("http://x/local/tokens", "{\"user\": \"alice@example.com\"}"));
    for (String json :
        List.of("null", "[]", "7", "{\"alg\":null}", "{\"alg\":\"RS256\",\"jwk\":null}")) {
      odd.add(get(me, bearer(json, "{}")));
      odd.add(get(me, bearer("{\"alg\":\"RS256\"}", json)));
    }
    odd.add(get(me, bearer("{\"alg\":\"RS256\",\"a\":" + "[".repeat(5_000), "{}")));
    odd.add(get(me, "Authorization: Bearer"));
    odd.add(get(me, "Authorization: Basic \0"));
    for (String body :
        List.of(
            "{\"user\": \"ali\u00ff\"}", // no UTF-8
            "\u00ed\u00a0\u0080",
            "null",
            "{\"user\": null}",
            "[".repeat(30_000),
            "{\"a\":".repeat(10_000),
            "{\"user\": \"alice@example.com\", \"ttlSeconds\": " + "9".repeat(30_000) + "}",
            "{\"user\": \"alice@example.com\", \"ttlSeconds\": 1e999999999}",
            "{\"user\": \"alice@example.com\", \"ttlSeconds\": -1e-999999999}",
            "{\"user\": \"alice@example.com\", \"scopes\": \"postgres\"}",
            "{\"user\": \"alice@example.com\", \"scopes\": [null]}",
            "{\"user\": \"alice@example.com\", \"scopes\": [7]}",
            "{\"user\": \"alice@example.com\", \"scopes\": [\"a b\"]}",
            "{\"user\": \"alice@example.com\", \"scopes\": [\"\"]}")) {
      odd.add(post("/local/tokens", body));
    }
    for (String line : List.of("Host:", "Host: a b", "Host: \u00ff", "Host: ::::", "Host: [")) {
      odd.add("GET /oidc/jwks.json HTTP/1.1\r\n" + line + "\r\nConnection: close\r\n\r\n");
    }
    odd.add("GET /oidc/jwks.json HTTP/1.1\r\nConnection: close\r\n\r\n");
    odd.add(get("/oidc/jwks.json", "Host: localhost"));
    return odd;
  }

  private static String loggedBy(List<String> requests) throws IOException {
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, UTF_8));
    try {
      for (String request : requests) {
        String answer = raw(request);
        String as = request.substring(0, Math.min(200, request.length()));
        assertThat(answer).as(as).doesNotContain("\tat ", "dev.onbehalf");
        assertThat(answer).as(as).matches(a -> a.isEmpty() || a.startsWith("HTTP/1.1 4"));
      }
    } finally {
      System.setErr(before);
    }
    return log.toString(UTF_8);
  }

  @Test
  void eachIsRefusedAndNothingPrintsAStack() throws IOException {
    List<String> odd = oddRequests();
    String log = loggedBy(odd);
    assertThat(log).doesNotContain("\tat ");
    assertThat(log.lines().count()).isLessThanOrEqualTo(odd.size());
    assertThat(raw(get("/oidc/jwks.json"))).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void aTokenChangedInAnyWayIsUnauthenticated() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String token = LAKEBASE.get().accessToken(ALICE, Duration.ofHours(1));
    List<String> requests = new ArrayList<>();
    for (int i = 0; i < MUTANTS; i++) {
      StringBuilder mutant = new StringBuilder(token);
      for (int n = random.nextInt(3); n >= 0; n--) {
        int place = random.nextInt(mutant.length());
        switch (random.nextInt(3)) {
          case 0 -> mutant.setCharAt(place, (char) ('!' + random.nextInt(94)));
          case 1 -> mutant.deleteCharAt(place);
          default -> mutant.insert(place, (char) ('!' + random.nextInt(94)));
        }
      }
      if (!mutant.toString().equals(token)) {
        requests.add(get("/api/2.0/preview/scim/v2/Me", "Authorization: Bearer " + mutant));
      }
    }
    assertThat(loggedBy(requests)).as("seed %d", seed).isEmpty();
  }
}
