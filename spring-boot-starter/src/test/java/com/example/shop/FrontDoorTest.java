package com.example.shop;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.token;
import static org.assertj.core.api.Assertions.assertThat;

import com.example.shop.RawHttp.Answer;
import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.TestApplication;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Strangers, and people who want to be others, at an application whose Spring Security chain is for
 * the Actuator only: over raw sockets, since clients mend what they send.
 */
@ExtendWith(OutputCaptureExtension.class)
class FrontDoorTest {
  private static final String UPGRADE =
      """
      Upgrade: websocket
      Connection: Upgrade
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
      """
          .replace("\n", "\r\n");

  private static TestApplication shop;

  @BeforeAll
  static void open() {
    shop =
        new TestApplication(
            Shop.class,
            "onbehalf.identity.exempt-paths=/actuator/health/**,/open/**",
            "management.endpoints.web.exposure.include=*",
            "spring.mvc.log-request-details=true",
            "logging.level.org.springframework.web=TRACE",
            "logging.level.org.apache.coyote=DEBUG",
            "server.max-http-request-header-size=32KB");
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  private static int port() {
    return shop.port();
  }

  private static String identity(String address, String token) {
    return "X-Forwarded-Email: %s\r\nX-Forwarded-Access-Token: %s\r\n".formatted(address, token);
  }

  private static Answer as(String person, String methodAndPath, String... headers) {
    return RawHttp.send(
        port(), methodAndPath, identity(person, token(person)) + String.join("", headers));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/t/all", "/all", "/t/who", "/who", "/actuator/who", "/actuator/env", "/exactadmin",
        "/x.do", "/admin/x", "/ws", "/unknown", "/error", "/", "/favicon.ico"
      })
  void nothingAnswersAStrangerWhateverSecurityChainsSay(String path) {
    Answer answer = RawHttp.get(port(), path);
    assertThat(answer.status()).as(answer.text()).isEqualTo(401);
    assertThat(answer.text()).contains("urn:onbehalf:problem:identity-missing");
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void aPersonIsBoundWhereNoSecurityChainMatches() {
    assertThat(as(ALICE, "GET /t/who").text()).endsWith(Shop.SERVED + ALICE);
    assertThat(as(ALICE, "GET /actuator/who").text()).endsWith(Shop.SERVED + ALICE);
    assertThat(as(ALICE, "GET /exactadmin?as=person").text()).endsWith(Shop.SERVED + ALICE);
    assertThat(as(ALICE, "GET /all").text())
        .endsWith(Shop.SERVED + SharedLakebase.get().servicePrincipal());
  }

  @Test
  void anExemptPathAnswersWithNobodysRights() {
    assertThat(RawHttp.get(port(), "/open/nobody").text()).endsWith(Shop.SERVED + "nobody");
    assertThat(as(ALICE, "GET /open/nobody").text()).endsWith(Shop.SERVED + "nobody");
    assertThat(RawHttp.get(port(), "/actuator/health").status()).isIn(200, 503);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator/health/../../exactadmin",
        "/actuator/health/..;/..;/exactadmin",
        "/open/..;/exactadmin",
        "/open/..;x=1/exactadmin",
        "/open;/../exactadmin",
        "/open/%2e%2e/exactadmin",
        "/open/.%2E/exactadmin",
        "/open/%2E./exactadmin",
        "/open/%252e%252e/exactadmin",
        "/open//../exactadmin",
        "/open/.//../../exactadmin",
        "/open/.;/../x.do",
        "/open/../x.do",
        "/open/./../admin/x",
        "/open/..%2fadmin/x",
        "/open/..%5cadmin/x",
        "/open/..\\admin/x",
        "/open/%c0%ae%c0%ae/exactadmin",
        "/open/%e0%80%ae%e0%80%ae/exactadmin",
        "/open/%00/../exactadmin",
        "/open/x%3b/../../exactadmin",
        "/open/../ws",
        "/open/%2e%2e/ws",
        "//open/../exactadmin",
        "/./exactadmin",
        "/%65xactadmin",
        "/%61dmin/x",
        "/admin;a=b/x",
        "/admin/x;a=b",
        "/exactadmin;/open/x",
        "/exactadmin%3b/open/x",
        "/exactadmin/../open/../exactadmin",
        "http://shop/open/../exactadmin",
        "http://open/exactadmin",
        "//open/exactadmin",
        "/open%2f..%2fexactadmin",
        "/open/nobody/../../t/all",
        "//",
        "//x",
        "///",
        "/%",
        "/%zz",
        "/open/%",
        "/open/nobody;",
        "/open/../t/who"
      })
  void aPathThatTheServerReadsDifferentlyIsNeverExempt(String path, CapturedOutput output) {
    for (String upgrade : List.of("", UPGRADE)) {
      int before = output.getAll().length();
      Answer answer = RawHttp.send(port(), "GET " + path, upgrade);
      assertThat(answer.status()).as(answer.text()).isIn(400, 401);
      assertThat(answer.text()).doesNotContain(Shop.SERVED);
      assertThat(output.getAll().substring(before)).doesNotContain("\tat ");
    }
  }

  @Test
  void aNormalPathWithEncodedLettersIsExemptStill() {
    assertThat(RawHttp.get(port(), "/%6fpen/nobody").text()).endsWith(Shop.SERVED + "nobody");
  }

  /** A stranger's line in a log is one line, and says nothing of what they sent. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bnVsbA.bnVsbA.bnVsbA", // null.null.null
        "bnVsbA..",
        "e30.e30.e30",
        "W10.W10.W10",
        "eyJhbGciOm51bGx9.e30.AA",
        "....",
        "."
      })
  void aTokenThatIsNoneIsRefusedInOneLine(String token, CapturedOutput output) {
    int before = output.getAll().length();
    Answer answer = RawHttp.send(port(), "GET /who", identity(ALICE, token));
    assertThat(answer.status()).as(answer.text()).isIn(400, 401);
    assertThat(output.getAll().substring(before)).doesNotContain("\tat ").doesNotContain(token);
  }

  @Test
  void nothingBehindTheProofSeesTheToken(CapturedOutput output) {
    String alices = token(ALICE);
    String header = identity(ALICE, alices);
    for (String path : List.of("/who", "/fails", "/forbidden", "/unknown", "/open/nobody")) {
      for (String accept : List.of("", "Accept: text/html\r\n")) {
        RawHttp.send(port(), "GET " + path, header + accept);
      }
    }
    // a second value, another spelling, and a line that is no header
    RawHttp.send(port(), "GET /who", header + "x-forwarded-access-TOKEN: " + alices + "\r\n");
    RawHttp.send(port(), "GET /who", "X-Forwarded-Access-Token : " + alices + "\r\n");
    RawHttp.send(port(), "GET /who", "X-Forwarded\tAccess-Token: " + alices + "\r\n");
    RawHttp.send(port(), "GET /who", header + alices + "\r\n");
    String exchanges = as(BOB, "GET /actuator/httpexchanges").text();
    assertThat(exchanges).contains("/unknown").contains("X-Forwarded-Email");
    String dump = String.join("\n", shop.bean(Shop.Dump.class).seen());
    assertThat(dump).containsIgnoringCase("x-forwarded-email").contains("ERROR ");
    assertThat(output.getAll()).contains("Before request [GET /who");
    for (String secret : List.of(alices, alices.substring(alices.lastIndexOf('.') + 1))) {
      assertThat(exchanges).doesNotContain(secret);
      assertThat(dump).doesNotContain(secret);
      assertThat(output.getAll()).doesNotContain(secret);
    }
  }

  @Test
  void theRequestOfAnAsynchronousServletIsNoWayAroundThat() {
    Answer alices = as(ALICE, "POST /cart?item=apple");
    String cookie = "Cookie: " + alices.header("Set-Cookie").split(";", 2)[0] + "\r\n";
    assertThat(as(ALICE, "GET /asynchronous", cookie).text()).endsWith("token null cart apple");
    assertThat(as(BOB, "GET /asynchronous", cookie).text()).endsWith("token null cart none");
  }

  @Test
  void whoNeedsTheTokenAsksForIt() {
    String alices = token(ALICE);
    assertThat(RawHttp.send(port(), "GET /token", identity(ALICE, alices)).text()).endsWith(alices);
  }

  @Test
  void noCacheKeepsAPersonsAnswerUnlessTheApplicationSaysSo() {
    assertThat(as(ALICE, "GET /who").header("Cache-Control")).isEqualTo("no-store");
    assertThat(as(ALICE, "GET /exactadmin").header("Cache-Control")).isEqualTo("no-store");
    assertThat(as(ALICE, "GET /fails").header("Cache-Control")).isEqualTo("no-store");
    Answer catalog = as(ALICE, "GET /catalog");
    assertThat(catalog.header("Cache-Control")).isEqualTo("max-age=60");
    assertThat(catalog.text()).doesNotContain("no-store");
    Answer later = as(ALICE, "GET /later");
    assertThat(later.header("Cache-Control")).isEqualTo("max-age=60");
    assertThat(later.text()).endsWith("the same for all").doesNotContain("no-store");
    assertThat(as(ALICE, "GET /feed").text().lines())
        .filteredOn(line -> line.startsWith("Cache-Control"))
        .containsExactly("Cache-Control: no-store", "Cache-Control: private");
    assertThat(RawHttp.get(port(), "/open/nobody").header("Cache-Control")).isEmpty();
  }
}
