package dev.onbehalf.lakebaselocal.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.SignedJWT;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.lakebaselocal.proxy.Application.Conversation;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sign-in in front of an application, as browsers and attackers meet it. */
class SignInProxyTest {
  private static final String ALICE = "alice@example.com";
  private static final String ODD = "zoë<b>&\"'@example.com";

  /** A clock that tests move. */
  private static final class Watch extends Clock {
    private volatile Instant now = Instant.now();

    void advance(Duration time) {
      now = now.plus(time);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private static final Watch WATCH = new Watch();

  private static LakebaseLocal lakebase;
  private static Application application;
  private static SignInProxy proxy;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start() throws IOException {
    lakebase =
        LakebaseLocal.builder()
            .user(ALICE)
            .user(ODD)
            .personWithoutRole("carol@example.com")
            .clock(WATCH)
            .start();
    application = new Application();
    proxy = SignInProxy.start(lakebase, 0, application.port(), WATCH);
  }

  @AfterAll
  static void stop() throws IOException {
    proxy.close();
    application.close();
    lakebase.close();
  }

  @BeforeEach
  void forget() {
    application.forget();
  }

  // --- Signing in --------------------------------------------------------------------------------

  @Test
  void aPersonIsPickedOnAPageAndComesToWhereTheyWereGoing() throws Exception {
    HttpResponse<String> first = get("/orders?id=1&x=%20", "Accept", "text/html,*/*");
    assertThat(first.statusCode()).isEqualTo(303);
    String location = first.headers().firstValue("Location").orElseThrow();
    assertThat(location).isEqualTo("/local/sign-in?to=%2Forders%3Fid%3D1%26x%3D%2520");

    HttpResponse<String> page = get(location);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("frame-ancestors 'none'");
    assertThat(page.body())
        .contains(ALICE, "carol@example.com", "no role", "value=\"/orders?id=1&amp;x=%20\"")
        .contains("zoë&lt;b&gt;&amp;&quot;&#39;@example.com")
        .doesNotContain("zoë<b>");

    HttpResponse<String> signedIn = post("/local/sign-in", "email=" + ALICE + "&to=/orders?id=1");
    assertThat(signedIn.statusCode()).isEqualTo(303);
    assertThat(signedIn.headers().firstValue("Location")).hasValue("/orders?id=1");
    assertThat(signedIn.headers().firstValue("Set-Cookie").orElse(""))
        .startsWith(cookieName() + "=")
        .contains("HttpOnly", "SameSite=Lax", "Path=/");
    assertThat(application.hasSeenNothing()).isTrue();
  }

  @Test
  void theApplicationIsToldWhoItIsAsThePlatformTellsIt() throws Exception {
    String session = signIn(ALICE);
    HttpResponse<String> answer = get("/orders?id=1", "Cookie", "theme=dark; " + session);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("hello");
    assertThat(answer.headers().firstValue("X-App")).hasValue("yes");

    Conversation request = application.next();
    assertThat(request.head.get(0)).isEqualTo("GET /orders?id=1 HTTP/1.1");
    assertThat(request.values("Host")).containsExactly(host());
    assertThat(request.values("X-Forwarded-Host")).containsExactly(host());
    assertThat(request.values("X-Forwarded-Email")).containsExactly(ALICE);
    assertThat(request.values("X-Forwarded-User")).hasSize(1);
    assertThat(request.values("X-Forwarded-Preferred-Username")).hasSize(1);
    assertThat(request.values("X-Real-Ip")).containsExactly("127.0.0.1");
    assertThat(request.values("X-Request-Id").get(0)).hasSize(36);
    assertThat(request.values("Cookie")).containsExactly("theme=dark");
    assertThat(email(request)).isEqualTo(ALICE);
  }

  @Test
  void anAddressBeyondAsciiIsSentInUtf8() throws Exception {
    get("/", "Cookie", signIn(ODD));
    String sent = application.next().values("X-Forwarded-Email").get(0);
    assertThat(new String(sent.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
        .isEqualTo(ODD);
  }

  @Test
  void whoHasNotSignedInReachesNothing() throws Exception {
    assertThat(get("/").statusCode()).isEqualTo(401);
    HttpResponse<String> posted = post("/", "email=" + ALICE);
    assertThat(posted.statusCode()).isEqualTo(401);
    assertThat(posted.body()).contains("/local/sign-in");
    assertThat(get("/", "Cookie", cookieName() + "=" + "0".repeat(64)).statusCode()).isEqualTo(401);
    assertThat(get("/local/../", "Cookie", "x=y").statusCode()).isEqualTo(401);
    assertThat(application.hasSeenNothing()).isTrue();
  }

  @Test
  void aCookieThatComesInQuotesIsTheSame() throws Exception {
    String quoted = signIn(ALICE).replace("=", "=\"") + "\"";
    assertThat(get("/", "Cookie", "$Version=\"1\"; " + quoted).statusCode()).isEqualTo(200);
    assertThat(application.next().values("Cookie")).containsExactly("$Version=\"1\"");
  }

  @Test
  void signingOutEndsTheSessionForWhoeverHasItsCookie() throws Exception {
    String session = signIn(ALICE);
    assertThat(get("/local/users", "Cookie", session).body())
        .contains("\"signedIn\":\"" + ALICE + "\"");
    HttpResponse<String> signedOut = post("/local/sign-out", "", "Cookie", session);
    assertThat(signedOut.statusCode()).isEqualTo(204);
    assertThat(signedOut.headers().firstValue("Set-Cookie").orElse("")).contains("Max-Age=0");
    assertThat(get("/", "Cookie", session).statusCode()).isEqualTo(401);
    assertThat(get("/local/users", "Cookie", session).body()).contains("\"signedIn\":null");
  }

  @Test
  void aTokenIsRenewedBeforeItExpiresAndNotForEachRequest() throws Exception {
    String session = signIn(ALICE);
    String first = token(session);
    WATCH.advance(Duration.ofMinutes(49));
    assertThat(token(session)).isEqualTo(first);
    WATCH.advance(Duration.ofMinutes(2));
    String second = token(session);
    assertThat(second).isNotEqualTo(first);
    assertThat(SignedJWT.parse(second).getJWTClaimsSet().getExpirationTime().toInstant())
        .isAfter(WATCH.instant().plus(Duration.ofMinutes(59)));
    WATCH.advance(Duration.ofHours(13));
    assertThat(get("/", "Cookie", session).statusCode()).isEqualTo(401);
  }

  @Test
  void theSessionOfSomebodyWhoWasRemovedEnds() throws Exception {
    lakebase.addUser("leaver@example.com");
    String session = signIn("leaver@example.com");
    assertThat(get("/", "Cookie", session).statusCode()).isEqualTo(200);
    lakebase.removePerson("leaver@example.com");
    assertThat(get("/", "Cookie", session).statusCode()).isEqualTo(401);
  }

  // --- Attacks -----------------------------------------------------------------------------------

  @Test
  void aClientsOwnWordOnWhoItIsIsDroppedHoweverItIsSpelt() throws Exception {
    String victim = "victim@example.com";
    String answer =
        raw(
            "GET / HTTP/1.1\r\nHost: "
                + host()
                + "\r\nCookie: "
                + signIn(ALICE)
                + "\r\n"
                + "X-Forwarded-Email: "
                + victim
                + "\r\n"
                + "x-forwarded-email: "
                + victim
                + "\r\n"
                + "X-FORWARDED-EMAIL: "
                + victim
                + "\r\n"
                + "X_Forwarded_Email: "
                + victim
                + "\r\n"
                + "X-Forwarded_Email: "
                + victim
                + "\r\n"
                + "X-Forwarded-Access-Token: stolen\r\n"
                + "X-Forwarded-For: 10.0.0.1\r\n"
                + "X-Forwarded-Proto: https\r\n"
                + "X-Forwarded-Groups: admins\r\n"
                + "Forwarded: for=10.0.0.1;by="
                + victim
                + "\r\n"
                + "X-Real-IP: 10.0.0.1\r\n"
                + "Proxy-Authorization: Basic c3RvbGVu\r\n"
                + "Connection: X-Forwarded-Email, x-forwarded-access-token, close, X-Secret\r\n"
                + "X-Secret: dropped\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200 ");

    Conversation request = application.next();
    assertThat(request.values("X-Forwarded-Email")).containsExactly(ALICE);
    assertThat(request.values("X-Forwarded-Access-Token")).hasSize(1);
    assertThat(request.values("X-Real-Ip")).containsExactly("127.0.0.1");
    assertThat(request.values("Connection")).containsExactly("close");
    assertThat(String.join("\n", request.head))
        .doesNotContain("victim", "stolen", "10.0.0.1", "admins", "https", "X_F", "dropped");
  }

  @Test
  void trailersCannotSayWhoSomebodyIs() throws Exception {
    application.behave(
        conversation -> {
          String body = conversation.line() + conversation.line() + conversation.line();
          conversation.write("HTTP/1.1 200 OK\r\n\r\n" + body + conversation.line());
        });
    String answer =
        raw(
            "POST / HTTP/1.1\r\nHost: "
                + host()
                + "\r\nCookie: "
                + signIn(ALICE)
                + "\r\nConnection: close\r\nTrailer: X-Forwarded-Email\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + "2;x=y\r\nhi\r\n0\r\nX-Forwarded-Email: victim@example.com\r\n\r\n");
    assertThat(answer).contains("2hi0").doesNotContain("victim");
    assertThat(application.next().values("Trailer")).isEmpty();
  }

  /** What two servers could take for two different requests is nobody's request. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length:\r\n",
        "Content-Length : 5\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "X-Folded: a\r\n b: c\r\n",
        "X: a\nContent-Length: 5\r\n",
        "X: a\rb\r\n",
        "X: a\0b\r\n",
        ": nameless\r\n",
        "Host: evil.example\r\n",
      })
  void aRequestWithTwoMeaningsIsRefusedAndItsConnectionEnds(String fields) throws Exception {
    String smuggled = "GET /smuggled HTTP/1.1\r\nHost: " + host() + "\r\n\r\n";
    String answer =
        raw(
            "POST / HTTP/1.1\r\nHost: "
                + host()
                + "\r\nCookie: "
                + signIn(ALICE)
                + "\r\n"
                + fields
                + "\r\n0\r\n\r\n"
                + smuggled);
    assertThat(answer).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/1.1");
    assertThat(application.hasSeenNothing()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "GET http://evil.example/ HTTP/1.1, 400",
    "CONNECT evil.example:443 HTTP/1.1, 400",
    "GET / HTTP/1.0, 505",
    "GET / HTTP/1.1 HTTP/1.1, 400",
    "GET  / HTTP/1.1, 400",
    "G(T / HTTP/1.1, 400",
    "hello, 400",
  })
  void aFirstLineThatIsNoPlainRequestIsRefused(String line, int status) throws Exception {
    String answer = raw(line + "\r\nHost: " + host() + "\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    assertThat(application.hasSeenNothing()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"5\r\nhi\r\n1\r\n\r\n", "-1\r\nhi\r\n0\r\n\r\n", "2\nhi\n0\n\n", "zz\r\n"})
  void aChunkThatLiesIsRefusedAndTheApplicationSeesNoWholeBody(String body) throws Exception {
    application.behave(
        conversation -> {
          while (!conversation.line().equals("0")) {
            // reads on
          }
          conversation.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
    String answer =
        raw(
            "POST / HTTP/1.1\r\nHost: "
                + host()
                + "\r\nCookie: "
                + signIn(ALICE)
                + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                + body
                + "GET / HTTP/1.1\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void aHeadWithoutEndIsRefused() throws Exception {
    assertThat(raw("GET / HTTP/1.1\r\nX: " + "x".repeat(70_000))).startsWith("HTTP/1.1 431 ");
    assertThat(raw("GET / HTTP/1.1\r\n" + "X: y\r\n".repeat(201) + "\r\n"))
        .startsWith("HTTP/1.1 431 ");
  }

  @Test
  void aNameThatIsNotThisMachinesIsRefusedSoThatNoSiteCanLeadHere() throws Exception {
    for (String host : List.of("evil.example", "localhost.evil.example:80", "127.0.0.1.nip.io")) {
      assertThat(
              raw(
                  "POST /local/sign-in HTTP/1.1\r\nHost: "
                      + host
                      + "\r\nContent-Length: 23\r\n\r\n"
                      + "email=alice@example.com"))
          .startsWith("HTTP/1.1 403 ")
          .doesNotContain("Set-Cookie");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Origin, http://evil.example",
    "Origin, null",
    "Origin, https://localhost",
    "Sec-Fetch-Site, cross-site",
    "Sec-Fetch-Site, same-site",
  })
  void aPageOfAnotherSiteSignsNobodyInOrOut(String header, String value) throws Exception {
    String session = signIn(ALICE);
    HttpResponse<String> in =
        post("/local/sign-in", "email=" + ALICE, header, value, "Cookie", session);
    assertThat(in.statusCode()).isEqualTo(403);
    assertThat(in.headers().firstValue("Set-Cookie")).isEmpty();
    assertThat(post("/local/sign-out", "", header, value, "Cookie", session).statusCode())
        .isEqualTo(403);
    assertThat(get("/", "Cookie", session).statusCode()).isEqualTo(200);
  }

  @Test
  void ourOwnPageSignsIn() throws Exception {
    assertThat(post("/local/sign-in", "email=" + ALICE, "Origin", "http://" + host()).statusCode())
        .isEqualTo(204);
    assertThat(
            post("/local/sign-in", "email=" + ALICE, "Sec-Fetch-Site", "same-origin").statusCode())
        .isEqualTo(204);
  }

  @Test
  void aSessionThatSomebodyElseChoseIsNeverTheirs() throws Exception {
    String chosen = cookieName() + "=" + "a".repeat(64);
    HttpResponse<String> answer = post("/local/sign-in", "email=" + ALICE, "Cookie", chosen);
    assertThat(cookie(answer)).isNotEqualTo(chosen);
    assertThat(get("/", "Cookie", chosen).statusCode()).isEqualTo(401);

    String before = signIn(ALICE);
    String after = cookie(post("/local/sign-in", "email=" + ODD_ENCODED, "Cookie", before));
    assertThat(after).isNotEqualTo(before);
    assertThat(get("/", "Cookie", before).statusCode()).isEqualTo(401);
    assertThat(get("/", "Cookie", before + "; " + after).statusCode()).isEqualTo(401);
  }

  private static final String ODD_ENCODED = Forms.encoded(ODD);

  @ParameterizedTest
  @ValueSource(
      strings = {"//evil.example", "/\\evil.example", "https://evil.example", "x", "/a\r\nX: y"})
  void signingInLeadsToNoOtherSite(String to) throws Exception {
    HttpResponse<String> answer =
        post("/local/sign-in", "email=" + ALICE + "&to=" + Forms.encoded(to));
    assertThat(answer.headers().firstValue("Location")).hasValue("/");
    assertThat(get("/local/sign-in?to=" + Forms.encoded(to)).body()).contains("value=\"/\"");
  }

  @Test
  void nobodyUnknownSignsIn() throws Exception {
    assertThat(post("/local/sign-in", "email=mallory@example.com").statusCode()).isEqualTo(400);
    assertThat(post("/local/sign-in", "email=").statusCode()).isEqualTo(400);
    assertThat(post("/local/sign-in", "").statusCode()).isEqualTo(400);
    assertThat(get("/local/sign-out").statusCode()).isEqualTo(405);
    assertThat(post("/local/sign-in", "email=" + "x".repeat(20_000)).statusCode()).isEqualTo(413);
  }

  @Test
  void theApplicationCannotSetTheSessionsCookie() throws Exception {
    application.behave(
        conversation ->
            conversation.write(
                "HTTP/1.1 200 OK\r\nSet-Cookie: own=1\r\nSet-Cookie: "
                    + cookieName()
                    + "=fixed; Path=/\r\nContent-Length: 0\r\n\r\n"));
    assertThat(get("/", "Cookie", signIn(ALICE)).headers().allValues("Set-Cookie"))
        .containsExactly("own=1");
  }

  // --- Passing on --------------------------------------------------------------------------------

  @Test
  void bodiesStreamBothWaysAtOnce() throws Exception {
    application.behave(
        conversation -> {
          conversation.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          for (int i = 0; i < 3; i++) {
            int size = Integer.parseInt(conversation.line(), 16);
            String echo = conversation.read(size);
            conversation.line();
            conversation.write(Integer.toHexString(size) + "\r\n" + echo + "\r\n");
          }
          conversation.write("0\r\n\r\n");
        });
    try (RawBrowser browser = new RawBrowser(proxy.port())) {
      browser.send(
          "POST /echo HTTP/1.1\r\nHost: "
              + host()
              + "\r\nCookie: "
              + signIn(ALICE)
              + "\r\nTransfer-Encoding: chunked\r\n\r\n");
      assertThat(browser.readHead()).contains("Transfer-Encoding: chunked");
      for (String word : List.of("one", "two", "three")) {
        browser.send(Integer.toHexString(word.length()) + "\r\n" + word + "\r\n");
        assertThat(browser.readUpTo(word + "\r\n")).contains(word);
      }
    }
  }

  @Test
  void aConnectionIsKeptForTheNextRequestAndForWhoeverItIs() throws Exception {
    String alice = signIn(ALICE);
    String odd = signIn(ODD);
    try (RawBrowser browser = new RawBrowser(proxy.port())) {
      for (String session : List.of(alice, odd, alice)) {
        browser.send("GET / HTTP/1.1\r\nHost: " + host() + "\r\nCookie: " + session + "\r\n\r\n");
        assertThat(browser.readUpTo("hello")).startsWith("HTTP/1.1 200 ");
      }
      browser.send("GET / HTTP/1.1\r\nHost: " + host() + "\r\n\r\n");
      assertThat(browser.readHead()).startsWith("HTTP/1.1 401 ");
    }
    assertThat(email(application.next())).isEqualTo(ALICE);
    assertThat(email(application.next())).isEqualTo(ODD);
    assertThat(email(application.next())).isEqualTo(ALICE);
    assertThat(application.hasSeenNothing()).isTrue();
  }

  @Test
  void aMegabyteGoesUpAndComesDownUnchanged() throws Exception {
    byte[] bytes = new byte[1_000_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    application.behave(
        conversation -> {
          String body = conversation.read(bytes.length);
          conversation.write("HTTP/1.1 200 OK\r\n\r\n" + body); // ends with the connection
        });
    HttpRequest request =
        HttpRequest.newBuilder(uri("/upload"))
            .header("Cookie", signIn(ALICE))
            .expectContinue(false)
            .POST(BodyPublishers.ofByteArray(bytes))
            .build();
    byte[] answer = http.send(request, BodyHandlers.ofByteArray()).body();
    assertThat(Arrays.equals(answer, bytes)).isTrue();
    assertThat(application.next().values("Content-Length")).containsExactly("1000000");
  }

  @Test
  void anInterimAnswerAnAnswerToHeadAndOneWithoutABodyPass() throws Exception {
    String session = signIn(ALICE);
    application.behave(
        conversation ->
            conversation.write(
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"));
    assertThat(get("/", "Cookie", session).statusCode()).isEqualTo(204);
    application.behave(
        conversation -> conversation.write("HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n"));
    assertThat(
            raw(
                "HEAD / HTTP/1.1\r\nHost: "
                    + host()
                    + "\r\nCookie: "
                    + session
                    + "\r\nConnection: close\r\n\r\n"))
        .contains("Content-Length: 12345");
  }

  @Test
  void anAnswerBeforeTheWholeRequestHasComeReachesTheClient() throws Exception {
    application.behave(
        conversation ->
            conversation.write(
                "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig"));
    try (RawBrowser browser = new RawBrowser(proxy.port())) {
      browser.send(
          "POST / HTTP/1.1\r\nHost: "
              + host()
              + "\r\nCookie: "
              + signIn(ALICE)
              + "\r\nContent-Length: 1000000\r\n\r\nxxx");
      assertThat(browser.readAll()).startsWith("HTTP/1.1 413 ").endsWith("big");
    }
  }

  @Test
  void aClientThatGoesAwayTakesItsRequestAlongAndOneThatWaitsDoesNot() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    application.behave(
        conversation -> {
          if (conversation.isEnded()) { // until the proxy hangs up
            gone.countDown();
          }
        });
    String request =
        "GET /slow HTTP/1.1\r\nHost: " + host() + "\r\nCookie: " + signIn(ALICE) + "\r\n\r\n";
    try (RawBrowser browser = new RawBrowser(proxy.port())) {
      browser.send(request);
      application.next();
    }
    assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();

    CountDownLatch waited = new CountDownLatch(1);
    application.behave(
        conversation -> {
          assertThat(waited.await(1_200, TimeUnit.MILLISECONDS)).isFalse();
          Application.GREETS.serve(conversation);
        });
    try (RawBrowser browser = new RawBrowser(proxy.port())) {
      browser.send(request + request); // the second one is seen while the first is waited for
      assertThat(browser.readUpTo("hello")).startsWith("HTTP/1.1 200 ");
      assertThat(browser.readUpTo("hello")).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void aWebSocketPassesBothWaysUntilOneSideEnds() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    application.behave(
        conversation -> {
          conversation.write(
              "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  + "Sec-WebSocket-Accept: abc\r\n\r\nhello ");
          conversation.write(conversation.read(5));
          if (conversation.isEnded()) {
            ended.countDown();
          }
        });
    try (RawBrowser browser = new RawBrowser(proxy.port())) {
      browser.send(
          "GET /socket HTTP/1.1\r\nHost: "
              + host()
              + "\r\nCookie: "
              + signIn(ALICE)
              + "\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Key: xyz\r\nSec-WebSocket-Version: 13\r\n\r\n");
      assertThat(browser.readHead())
          .startsWith("HTTP/1.1 101 ")
          .contains("Upgrade: websocket", "Sec-WebSocket-Accept: abc");
      browser.readUpTo("hello ");
      browser.send("world");
      assertThat(browser.readUpTo("world")).isEqualTo("world");
    }
    assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    Conversation request = application.next();
    assertThat(request.values("Upgrade")).containsExactly("websocket");
    assertThat(request.values("Sec-WebSocket-Key")).containsExactly("xyz");
    assertThat(email(request)).isEqualTo(ALICE);
  }

  @Test
  void aWebSocketOfNobodyAndAnotherProtocolAreNotPassedOn() throws Exception {
    assertThat(
            raw(
                "GET /socket HTTP/1.1\r\nHost: "
                    + host()
                    + "\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n"))
        .startsWith("HTTP/1.1 401 ");
    raw(
        "GET / HTTP/1.1\r\nHost: "
            + host()
            + "\r\nCookie: "
            + signIn(ALICE)
            + "\r\nConnection: close, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
            + "HTTP2-Settings: AAMAAABk\r\n\r\n");
    Conversation request = application.next();
    assertThat(request.values("Upgrade")).isEmpty();
    assertThat(request.values("HTTP2-Settings")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: split\nSet-Cookie: a=b\r\n\r\n",
      })
  void anAnswerThatIsNoneBecomesABadGateway(String answer) throws Exception {
    application.behave(conversation -> conversation.write(answer));
    assertThat(get("/", "Cookie", signIn(ALICE)).statusCode()).isEqualTo(502);
  }

  @Test
  void anAnswerThatBreaksOffIsNotTakenForAWholeOne() throws Exception {
    String session = signIn(ALICE);
    for (String answer :
        List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n")) {
      application.behave(conversation -> conversation.write(answer));
      assertThatThrownBy(() -> get("/", "Cookie", session)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void anApplicationThatDoesNotRunIsSaid() throws Exception {
    int nobody;
    try (ServerSocket free = new ServerSocket(0)) {
      nobody = free.getLocalPort();
    }
    try (SignInProxy other = SignInProxy.start(lakebase, 0, nobody)) {
      URI uri = URI.create("http://localhost:" + other.port());
      HttpResponse<String> signedIn =
          http.send(
              HttpRequest.newBuilder(uri.resolve("/local/sign-in"))
                  .POST(BodyPublishers.ofString("email=" + ALICE))
                  .build(),
              BodyHandlers.ofString());
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(uri).header("Cookie", cookie(signedIn)).build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(502);
      assertThat(answer.body()).contains("Nothing listens on port " + nobody);
    }
  }

  @Test
  void aPortThatIsTakenIsSaid() {
    assertThatThrownBy(() -> SignInProxy.start(lakebase, proxy.port(), 9090))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Port " + proxy.port() + ", for the proxy, can't be had");
  }

  // --- How tests talk ----------------------------------------------------------------------------

  private static String host() {
    return "localhost:" + proxy.port();
  }

  private static URI uri(String path) {
    return URI.create("http://" + host() + path);
  }

  private static String cookieName() {
    return "lakebase-local-" + proxy.port();
  }

  private String signIn(String email) throws Exception {
    return cookie(post("/local/sign-in", "email=" + Forms.encoded(email)));
  }

  private static String cookie(HttpResponse<String> answer) {
    return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
  }

  private String token(String session) throws Exception {
    assertThat(get("/", "Cookie", session).statusCode()).isEqualTo(200);
    return application.next().values("X-Forwarded-Access-Token").get(0);
  }

  private static String email(Conversation request) throws Exception {
    return SignedJWT.parse(request.values("X-Forwarded-Access-Token").get(0))
        .getJWTClaimsSet()
        .getStringClaim("email");
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String form, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString(form));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static String raw(String text) throws IOException {
    try (RawBrowser browser = new RawBrowser(proxy.port())) {
      return browser.send(text).readAll();
    }
  }
}
