package dev.onbehalf.playground.real;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.onbehalf.playground.real.Chain.ALICE;
import static dev.onbehalf.playground.real.Chain.BOB;
import static dev.onbehalf.playground.real.Chain.CAROL;
import static dev.onbehalf.playground.real.Chain.MALLORY;
import static dev.onbehalf.playground.real.Visitor.API;
import static dev.onbehalf.playground.real.Visitor.MINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import dev.onbehalf.playground.real.Visitor.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/** People before Chromium, behind Apache, known to Keycloak; access tokens last for 15 seconds. */
@Tag("real")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeycloakAndApacheTest {
  private static final String PAGE = "/lakebase";
  private static final String TOKEN = API + "/debug-token";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** All tokens here are JWTs, whose every part begins so or follows one that does. */
  private static final Pattern JWT = Pattern.compile("eyJ[\\w-]{8,}");

  private static Chain chain;

  @BeforeAll
  static void startAll() {
    PlaywrightAssertions.setDefaultAssertionTimeout(Visitor.PATIENCE_MILLIS);
    chain = new Chain();
  }

  @AfterAll
  static void endAll() {
    chain.close();
  }

  @Test
  void twoPeopleAtOnceSeeTheirOwnRowsOnly() {
    try (Visitor alice = new Visitor(chain.proxy()).signIn("alice", PAGE);
        Visitor bob = new Visitor(chain.proxy()).signIn("bob", PAGE)) {
      String alices = "Alice's " + UUID.randomUUID();
      String bobs = "Bob's " + UUID.randomUUID();
      assertThat(alice.create(alices).status()).isEqualTo(201);
      assertThat(bob.create(bobs).status()).isEqualTo(201);

      alice.begin(MINE, Map.of(), 20);
      bob.begin(MINE, Map.of(), 20);
      assertThat(alice.answers()).allSatisfy(answer -> assertSees(answer, ALICE, alices, bobs));
      assertThat(bob.answers()).allSatisfy(answer -> assertSees(answer, BOB, bobs, alices));

      bob.page.reload();
      assertThat(bob.page.locator("#mine .current-user")).hasText(BOB);
    }
  }

  private static void assertSees(Answer answer, String user, String own, String others) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.user()).isEqualTo(user);
    assertThat(answer.body()).contains(own).doesNotContain(others);
  }

  @Test
  void whatABrowserForgesCountsForNothing() {
    String bobs = chain.keycloak.forwarded("bob");
    Map<String, String> forged =
        Map.of(
            "X-Forwarded-Email", BOB,
            "x-forwarded-access-token", bobs,
            "X_Forwarded_Email", BOB,
            "X_Forwarded_Access_Token", bobs,
            "OIDC_CLAIM_email", BOB,
            "OIDC_access_token", bobs);
    try (Visitor alice = new Visitor(chain.proxy()).signIn("alice", PAGE)) {
      Answer answer = alice.ask(MINE, forged);
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(answer.user()).isEqualTo(ALICE);
    }
    try (Visitor nobody = new Visitor(chain.proxy()).open(PAGE)) {
      assertThat(nobody.form()).isVisible();
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(chain.proxy() + MINE)).header("Accept", "text/html");
    forged.forEach(request::header);
    assertThat(send(request).statusCode()).isEqualTo(302);
  }

  @Test
  void whoSignsOutIsOutAtTheProxyAndAtKeycloak() {
    try (Visitor alice = new Visitor(chain.proxy()).signIn("alice", PAGE);
        Visitor thief = alice.thief()) {
      assertThat(thief.open(PAGE).ask(MINE).user()).isEqualTo(ALICE); // or it would show nothing
      alice.open(
          "/signed-in?logout=" + chain.proxy().replace(":", "%3A").replace("/", "%2F") + "%2F");
      assertThat(alice.form()).isVisible();
      assertThat(thief.ask(MINE).status()).isEqualTo(401);
      assertThat(thief.open(PAGE).form()).isVisible();
    }
  }

  @Test
  void whoIsSignedOutAtKeycloakIsOutAtTheProxy() {
    try (Visitor carol = new Visitor(chain.proxy()).signIn("carol", PAGE)) {
      assertThat(carol.ask(MINE).user()).isEqualTo(CAROL);
      chain.keycloak.signOut("carol");
      assertThat(carol.ask(MINE).status()).isEqualTo(401);
      assertThat(carol.open(PAGE).form()).isVisible();
    }
  }

  @Test
  void whoseSessionIsOverSignsInAgain() {
    try (Visitor bob = new Visitor(chain.shortProxy()).signIn("bob", PAGE)) {
      assertThat(bob.ask(MINE).user()).isEqualTo(BOB);
      await()
          .pollInSameThread()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                Answer answer = bob.ask(MINE);
                assertThat(answer.status()).as(answer.body()).isIn(200, 401);
                return answer.status() == 401;
              });
      bob.open(PAGE); // Keycloak knows them still
      assertThat(bob.page.url()).startsWith(chain.shortProxy() + PAGE);
      assertThat(bob.ask(MINE).user()).isEqualTo(BOB);
    }
  }

  @Test
  void tokensAreRenewedUnderWhoGoesOnWorking() {
    try (Visitor alice = new Visitor(chain.proxy()).signIn("alice", TOKEN)) {
      chain.database.faults().cutConnections();
      assertThat(alice.ask(MINE).user()).isEqualTo(ALICE);
      Set<Integer> connections = connectionsOf(ALICE);
      assertThat(connections).hasSize(1);

      Set<String> tokens = new HashSet<>();
      await()
          .pollInSameThread()
          .pollInterval(Duration.ofMillis(100))
          .atMost(Duration.ofSeconds(90))
          .until(
              () -> {
                assertThat(alice.ask(MINE).user()).isEqualTo(ALICE);
                tokens.add(forwardedToken(alice).get("sha256").asString());
                return tokens.size() == 4;
              });
      assertThat(connectionsOf(ALICE)).isEqualTo(connections);
    }
  }

  private static JsonNode forwardedToken(Visitor visitor) {
    return visitor.ask(TOKEN).json().get("X-Forwarded-Access-Token").get(0);
  }

  private static Set<Integer> connectionsOf(String role) {
    try (Connection connection = chain.database.superuser().getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT pid FROM pg_catalog.pg_stat_activity WHERE usename OPERATOR(pg_catalog.=) ?")) {
      statement.setString(1, role);
      Set<Integer> pids = new HashSet<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          pids.add(rows.getInt(1));
        }
      }
      return pids;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aTokenThatIsNotForThisApplicationIsRefused() {
    String alices = chain.keycloak.forwarded("alice");
    assertThat(direct(ALICE, alices).statusCode()).isEqualTo(200); // or it would show nothing
    assertThat(direct(BOB, alices).statusCode()).isEqualTo(403);

    JsonNode anothers = chain.keycloak.tokens("another", "of-another", "alice");
    JsonNode proxys = chain.keycloak.tokens("shop-proxy", "of-the-proxy", "alice");
    for (String token :
        List.of(
            anothers.get("access_token").asString(),
            anothers.get("id_token").asString(),
            proxys.get("id_token").asString(),
            proxys.get("refresh_token").asString(),
            chain.keycloak.exchanged(alices),
            chain.keycloak.ownToken(),
            chain.keycloak.tokenOfAnotherRealm(),
            "0123456789-opaque")) {
      HttpResponse<String> answer = direct(ALICE, token);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
    }
  }

  @Test
  void whoseAddressNobodyVerifiedIsRefused() {
    try (Visitor mallory = new Visitor(chain.proxy()).signIn("mallory", PAGE)) {
      assertThat(mallory.ask(MINE).status()).isEqualTo(401);
      assertThat(mallory.ask("/by-userinfo" + MINE).status()).isEqualTo(401);
      assertThat(connectionsOf(MALLORY)).isEmpty();
    }
  }

  @Test
  void theDatabaseTakesExchangedTokensOfThatPersonOnly() throws SQLException {
    String forwarded = chain.keycloak.forwarded("alice");
    String exchanged = chain.keycloak.exchanged(forwarded);
    DriverManager.getConnection(chain.database.jdbcUrl(), ALICE, exchanged).close();
    assertNotLetIn(ALICE, forwarded);
    assertNotLetIn(BOB, exchanged);
    assertNotLetIn(ALICE, chain.keycloak.ownToken());
    assertNotLetIn(chain.database.servicePrincipal(), exchanged);
  }

  private static void assertNotLetIn(String role, String password) {
    assertThatThrownBy(() -> DriverManager.getConnection(chain.database.jdbcUrl(), role, password))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
  }

  @Test
  void userinfoProvesAndKeycloakExchangesJustAsWell() {
    try (Visitor alice = new Visitor(chain.proxy()).signIn("alice", PAGE)) {
      assertThat(alice.ask("/by-userinfo" + MINE).user()).isEqualTo(ALICE);
    }
    URI mine = chain.userinfoBehindTheProxy(MINE);
    assertThat(direct(mine, BOB, chain.keycloak.forwarded("alice")).statusCode()).isEqualTo(403);
    for (String token : List.of("0123456789-opaque", chain.keycloak.tokenOfAnotherRealm())) {
      assertThat(direct(mine, ALICE, token).statusCode()).isEqualTo(401);
    }
  }

  /** Userinfo does not say whom a token was issued for; that Keycloak looks at the exchange. */
  @Test
  void anotherApplicationsTokenIsProvedByUserinfoAndNotExchanged() {
    chain.database.faults().cutConnections();
    String anothers =
        chain.keycloak.tokens("another", "of-another", "alice").get("access_token").asString();
    HttpResponse<String> answer = direct(chain.userinfoBehindTheProxy(MINE), ALICE, anothers);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
    assertThat(answer.body()).contains("access_denied");
  }

  @Test
  void whoIsDisabledGetsNoNewCredentialAndSoonHasToSignIn() {
    try (Visitor carol = new Visitor(chain.proxy()).signIn("carol", PAGE)) {
      String token = chain.keycloak.forwarded("carol");
      assertThat(direct(CAROL, token).statusCode()).isEqualTo(200);
      chain.keycloak.enable("carol", false);
      try {
        chain.database.faults().cutConnections();
        HttpResponse<String> answer = direct(CAROL, token);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
        assertThat(answer.body()).contains("does not exchange the access token");
        await()
            .pollInSameThread()
            .atMost(Duration.ofSeconds(30))
            .until(() -> carol.open(PAGE).form().isVisible());
        carol.fillIn("carol");
        assertThat(carol.page.locator("body")).containsText("Account is disabled");
      } finally {
        chain.keycloak.enable("carol", true);
      }
    }
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void noTokenIsInWhatTheApplicationsPrinted() {
    for (Program application : List.of(chain.byJwt, chain.byUserinfo)) {
      String printed = application.printed();
      assertThat(printed)
          .contains("TRACE org.postgresql", "TRACE org.springframework.web", "DEBUG dev.onbehalf");
      Matcher token = JWT.matcher(printed);
      assertThat(token.find() ? around(printed, token.start()) : "").isEmpty();
      assertThat(printed.contains("of-the-shop")).as("the client's secret").isFalse();
    }
  }

  private static String around(String text, int place) {
    int start = Math.max(text.lastIndexOf('\n', place) + 1, place - 300);
    return text.substring(start, Math.min(text.length(), place + 40));
  }

  private static HttpResponse<String> direct(String address, String token) {
    return direct(chain.behindTheProxy(MINE), address, token);
  }

  /** As the proxy would ask, or somebody who has come past it. */
  private static HttpResponse<String> direct(URI uri, String address, String token) {
    return send(
        HttpRequest.newBuilder(uri)
            .header("X-Forwarded-Email", address)
            .header("X-Forwarded-Access-Token", token));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
