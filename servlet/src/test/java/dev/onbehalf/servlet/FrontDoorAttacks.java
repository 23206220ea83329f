package dev.onbehalf.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.servlet.RawHttp.Answer;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Strangers, and people who want to be others, at the door of an application: over raw sockets,
 * since clients mend what they send. The same for every server, platform and framework.
 *
 * <p>The application answers {@code /who} with {@link #SERVED} and its {@code current_user}; {@code
 * /exactadmin}, {@code /x.do} and {@code /admin/x} with the service principal's; {@code
 * /open/nobody}, which is exempt as all of {@code /open/}, with {@code nobody}; {@code
 * /asynchronous}, {@code /cart} and {@code /token} as {@link Shopfront} does.
 */
public abstract class FrontDoorAttacks {
  public static final String ALICE = "alice@example.com";
  public static final String BOB = "bob@example.com";

  /** What reached code of the application: who answers nobody with this has a hole. */
  public static final String SERVED = "served as ";

  protected static final String UPGRADE =
      """
      Upgrade: websocket
      Connection: Upgrade
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
      """
          .replace("\n", "\r\n");

  /** How much there was in the log when the latest attack began. */
  private int loggedBefore;

  /** Where people and tokens are from. */
  protected abstract LakebaseLocal local();

  protected abstract int port();

  protected abstract PoolStatistics statistics();

  /** What has been logged, at the finest level that shows no bytes. */
  protected abstract String logged();

  /** What has been logged, as applications log by default. */
  protected abstract String loggedByDefault();

  /** As whom a person is at the database. */
  protected String role(String person) {
    return person;
  }

  protected final String token(String person) {
    return local().accessToken(person, Duration.ofHours(1));
  }

  protected static String identity(String address, String token) {
    return "X-Forwarded-Email: %s\r\nX-Forwarded-Access-Token: %s\r\n".formatted(address, token);
  }

  protected final Answer as(String person, String methodAndPath, String... headers) {
    return RawHttp.send(
        port(), methodAndPath, identity(person, token(person)) + String.join("", headers));
  }

  private void assertStopped(String headers, Integer... statuses) {
    as(ALICE, "GET /who"); // the victim's pool is warm
    PoolStatistics before = statistics();
    loggedBefore = loggedByDefault().length();
    Answer answer = RawHttp.send(port(), "GET /who", headers);
    assertThat(answer.status()).as(answer.text()).isIn((Object[]) statuses);
    assertThat(answer.text()).doesNotContain(SERVED);
    assertThat(statistics().acquired()).as("connections handed out").isEqualTo(before.acquired());
    assertThat(statistics().logins()).as("logins").isEqualTo(before.logins());
  }

  @Test
  void peopleAreThemselvesHoweverManyComeAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<String> people = List.of(ALICE, BOB);
      List<String> tokens = people.stream().map(this::token).toList();
      List<Future<?>> requests = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        int one = i % 2;
        requests.add(
            threads.submit(
                () ->
                    assertThat(
                            RawHttp.send(
                                    port(), "GET /who", identity(people.get(one), tokens.get(one)))
                                .text())
                        .endsWith(SERVED + role(people.get(one)))));
      }
      for (Future<?> request : requests) {
        request.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/who",
        "/exactadmin",
        "/x.do",
        "/admin/x",
        "/cart",
        "/asynchronous",
        "/token",
        "/unknown",
        "/",
        "/favicon.ico"
      })
  void nothingAnswersAStranger(String path) {
    Answer answer = RawHttp.get(port(), path);
    assertThat(answer.status()).as(answer.text()).isEqualTo(401);
    assertThat(answer.text())
        .contains("\"type\":\"urn:onbehalf:problem:identity-missing\"", "\"status\":401");
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void anExemptPathAnswersWithNobodysRights() {
    assertThat(RawHttp.get(port(), "/open/nobody").text()).endsWith(SERVED + "nobody");
    assertThat(as(ALICE, "GET /open/nobody").text()).endsWith(SERVED + "nobody");
    assertThat(RawHttp.get(port(), "/%6fpen/nobody").text()).endsWith(SERVED + "nobody");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/open/../exactadmin",
        "/open/..;/exactadmin",
        "/open/..;x=1/exactadmin",
        "/open/..;/..;/exactadmin",
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
        "/open/x.do", // whose servlet is found by its extension, and not below /open
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
        "/open/nobody/../../who",
        "//",
        "//x",
        "///",
        "/%",
        "/%zz",
        "/open/%",
        "/open/nobody;",
        "/open/../who"
      })
  void aPathThatTheServerReadsDifferentlyIsNeverExempt(String path) {
    for (String upgrade : List.of("", UPGRADE)) {
      int before = loggedByDefault().length();
      Answer answer = RawHttp.send(port(), "GET " + path, upgrade);
      assertThat(answer.status()).as(answer.text()).isIn(400, 401);
      assertThat(answer.text()).doesNotContain(SERVED);
      assertThat(loggedByDefault().substring(before)).doesNotContain("\tat ");
    }
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
  void aTokenThatIsNoneIsRefusedInOneLine(String token) {
    assertStopped(identity(ALICE, token), 400, 401);
    assertThat(loggedByDefault().substring(loggedBefore))
        .doesNotContain("\tat ")
        .doesNotContain(token);
  }

  @Test
  void aForgedAddressOrATokenAlone() {
    assertStopped("X-Forwarded-Email: " + ALICE + "\r\n", 400);
    assertStopped("X-Forwarded-Access-Token: " + token(ALICE) + "\r\n", 400);
  }

  @Test
  void anotherPersonsGoodTokenWithTheVictimsAddress() {
    assertStopped(identity(ALICE, token(BOB)), 403);
  }

  @Test
  void anExpiredTokenOfTheVictim() {
    assertStopped(identity(ALICE, local().accessToken(ALICE, Duration.ofMinutes(-2))), 401);
  }

  @Test
  void aTamperedSignature() {
    String token = token(ALICE);
    int place = token.length() - 20;
    char other = token.charAt(place) == 'x' ? 'y' : 'x';
    assertStopped(
        identity(ALICE, token.substring(0, place) + other + token.substring(place + 1)), 401);
  }

  @Test
  void algorithmNone() throws ParseException {
    PlainJWT none = new PlainJWT(JWTParser.parse(token(ALICE)).getJWTClaimsSet());
    assertStopped(identity(ALICE, none.serialize()), 401);
  }

  @Test
  void aTokenOfAnotherIssuerWithTheVictimsClaims() throws ParseException, JOSEException {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("other").build(),
            JWTParser.parse(token(ALICE)).getJWTClaimsSet());
    token.sign(new RSASSASigner(new RSAKeyGenerator(2048).generate()));
    assertStopped(identity(ALICE, token.serialize()), 401);
  }

  @Test
  void aDatabaseCredentialUsedAsAnAccessToken() {
    assertStopped(identity(ALICE, local().databaseCredential(ALICE, Duration.ofHours(1))), 401);
  }

  @Test
  void repeatedHeadersInEitherOrder() {
    String bobs = token(BOB);
    assertStopped(identity(BOB, bobs) + "X-Forwarded-Email: " + ALICE + "\r\n", 400);
    assertStopped("X-Forwarded-Email: " + ALICE + "\r\n" + identity(BOB, bobs), 400);
    assertStopped(identity(ALICE, bobs) + "x-forwarded-access-TOKEN: " + bobs + "\r\n", 400);
    assertStopped(identity(ALICE, bobs + "," + token(ALICE)), 400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bob@example.com,alice@example.com",
        "alice@example.com;bob@example.com",
        "=?utf-8?q?alice=40example.com?=",
        "alice%40example.com",
        "alice@example.com\u00a0",
        "\"alice@example.com\"",
        "<alice@example.com>",
        "bob@example.com\r\nX-Forwarded-Email : alice@example.com",
        "bob@example.com\r\n X-Forwarded-Email: alice@example.com",
        "bob@example.com\nX-Forwarded-Email: alice@example.com",
        "bob@example.com\r\nx-forwarded-EMAIL: alice@example.com",
        "bob@example.com\u0000alice@example.com",
        "alice@example.com" + "a long way from home and further still in one and the same name",
      })
  void aSpellingThatAnotherProgramMightTakeForTheVictim(String address) {
    assertStopped(identity(address, token(BOB)), 400, 403);
  }

  @Test
  void anHttpSessionIsItsOwnPersonsOnly() {
    Answer alices = as(ALICE, "POST /cart?item=apple");
    String cookie = "Cookie: " + alices.header("Set-Cookie").split(";", 2)[0] + "\r\n";
    assertThat(as(ALICE, "GET /cart", cookie).text()).contains("apple");
    assertThat(as(BOB, "GET /cart", cookie).text()).doesNotContain("apple");
    assertThat(as(ALICE, "GET /asynchronous", cookie).text()).endsWith("token null cart apple");
    assertThat(as(BOB, "GET /asynchronous", cookie).text()).endsWith("token null cart none");
  }

  @Test
  void whoNeedsTheTokenAsksForIt() {
    String alices = token(ALICE);
    assertThat(RawHttp.send(port(), "GET /token", identity(ALICE, alices)).text()).endsWith(alices);
  }

  @Test
  void noCacheKeepsAPersonsAnswer() {
    assertThat(as(ALICE, "GET /who").header("Cache-Control")).isEqualTo("no-store");
    assertThat(as(ALICE, "GET /exactadmin").header("Cache-Control")).isEqualTo("no-store");
    assertThat(RawHttp.get(port(), "/open/nobody").header("Cache-Control")).isEmpty();
  }

  @Test
  void noTokenIsInAnyLogWhateverBecomesOfTheRequest() {
    String alices = token(ALICE);
    String header = identity(ALICE, alices);
    for (String path : List.of("/who", "/fails", "/forbidden", "/unknown", "/open/nobody")) {
      for (String accept : List.of("", "Accept: text/html\r\n")) {
        RawHttp.send(port(), "GET " + path, header + accept);
      }
    }
    RawHttp.send(port(), "GET /who", identity(BOB, alices));
    RawHttp.send(port(), "GET /who", header + "x-forwarded-access-TOKEN: " + alices + "\r\n");
    for (String secret : List.of(alices, alices.substring(alices.lastIndexOf('.') + 1))) {
      assertThat(logged()).doesNotContain(secret);
    }
  }
}
