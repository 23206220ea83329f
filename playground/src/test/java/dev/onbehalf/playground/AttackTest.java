package dev.onbehalf.playground;

import static dev.onbehalf.playground.DeployedPlayground.API;
import static dev.onbehalf.playground.DeployedPlayground.json;
import static dev.onbehalf.playground.DeployedPlayground.post;
import static dev.onbehalf.playground.DeployedPlayground.product;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.RoleSetup;
import dev.onbehalf.lakebase.LakebaseRoles;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.PoolStatistics;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attacks over HTTP on the application as it runs in production, while the victim's pool is warm.
 * After each, the victim's rows were not shown and the victim's pool was not used.
 */
class AttackTest {
  private static final String VICTIM = "alice@example.com";
  private static final String MALLORY = "mallory@example.com";
  private static final String SECRET_ROW = "Alice's diary";
  private static final String MINE = API + "/my-products";
  private static final int PEOPLE = 50;

  private static LakebaseLocal local;
  private static DeployedPlayground playground;
  private PoolStatistics before = warmStatistics();

  @BeforeAll
  static void start() throws SQLException {
    LakebaseLocal.Builder builder = LakebaseLocal.builder().user(VICTIM).user(MALLORY);
    for (int i = 0; i < PEOPLE; i++) {
      builder.user(person(i));
    }
    local = builder.start();
    playground = new DeployedPlayground(local, "onbehalf.pool.rls-check-max-age=0s");
    try (Connection connection =
        playground.bean(OnBehalfDatabase.class).servicePrincipal().getConnection()) {
      RoleSetup users = LakebaseRoles.ofGroup(DatabaseSetUp.GROUP);
      local.users().forEach(users::user);
      users.apply(connection);
    }
    HttpResponse<String> created =
        playground.send(post(playground.as(VICTIM, token(VICTIM), MINE), product(SECRET_ROW)));
    assertThat(created.statusCode()).isEqualTo(201);
  }

  @AfterAll
  static void stop() {
    playground.close();
    local.close();
  }

  private static String person(int number) {
    return "person-%s@example.com".formatted(number);
  }

  private static String token(String user) {
    return local.accessToken(user, Duration.ofHours(1));
  }

  private static PoolStatistics warmStatistics() {
    return playground.bean(OnBehalfDatabase.class).statistics();
  }

  @BeforeEach
  void warmTheVictimsPool() {
    HttpResponse<String> own = playground.send(playground.as(VICTIM, token(VICTIM), MINE));
    assertThat(own.body()).contains(SECRET_ROW);
    before = warmStatistics();
  }

  @AfterEach
  void theVictimsPoolWasNotUsed() {
    PoolStatistics after = warmStatistics();
    assertThat(after.acquired()).as("connections handed out").isEqualTo(before.acquired());
    assertThat(after.logins()).as("logins").isEqualTo(before.logins());
  }

  private static void assertStopped(HttpRequest.Builder attack, int status) {
    HttpResponse<String> response = playground.send(attack);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.body()).doesNotContain(SECRET_ROW);
  }

  @Test
  void aForgedAddressWithoutAToken() {
    assertStopped(playground.request(MINE).header("X-Forwarded-Email", VICTIM), 400);
  }

  @Test
  void anotherPersonsValidTokenWithTheVictimsAddress() {
    assertStopped(playground.as(VICTIM, token(MALLORY), MINE), 403);
  }

  @Test
  void anExpiredTokenOfTheVictim() {
    assertStopped(
        playground.as(VICTIM, local.accessToken(VICTIM, Duration.ofSeconds(-1)), MINE), 401);
  }

  @Test
  void aTamperedSignature() {
    String token = token(VICTIM);
    int place = token.length() - 20;
    char other = token.charAt(place) == 'x' ? 'y' : 'x';
    assertStopped(
        playground.as(VICTIM, token.substring(0, place) + other + token.substring(place + 1), MINE),
        401);
  }

  @Test
  void algorithmNone() throws ParseException {
    PlainJWT none = new PlainJWT(JWTParser.parse(token(VICTIM)).getJWTClaimsSet());
    assertStopped(playground.as(VICTIM, none.serialize(), MINE), 401);
  }

  @Test
  void aTokenOfAnotherIssuerWithTheVictimsClaims() throws ParseException, JOSEException {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("other").build(),
            JWTParser.parse(token(VICTIM)).getJWTClaimsSet());
    token.sign(new RSASSASigner(new RSAKeyGenerator(2048).generate()));
    assertStopped(playground.as(VICTIM, token.serialize(), MINE), 401);
  }

  @Test
  void aDatabaseCredentialUsedAsAnAccessToken() {
    assertStopped(
        playground.as(VICTIM, local.databaseCredential(VICTIM, Duration.ofHours(1)), MINE), 401);
  }

  @Test
  void repeatedHeadersInEitherOrder() {
    String mallorys = token(MALLORY);
    assertStopped(playground.as(MALLORY, mallorys, MINE).header("X-Forwarded-Email", VICTIM), 400);
    assertStopped(playground.as(VICTIM, mallorys, MINE).header("X-Forwarded-Email", MALLORY), 400);
    assertStopped(
        playground.as(VICTIM, mallorys, MINE).header("X-Forwarded-Access-Token", mallorys), 400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mallory@example.com,alice@example.com",
        "alice@example.com\t",
        "alice@example.com;mallory@example.com",
        "=?utf-8?q?alice=40example.com?=",
        "alice%40example.com",
        "alice@example.com\u00a0",
        "\"alice@example.com\"",
        "<alice@example.com>",
      })
  void aSpellingThatAnotherProgramMightTakeForTheVictim(String address) throws Exception {
    int status = rawStatus("X-Forwarded-Email: " + address, token(MALLORY));
    assertThat(status).isIn(400, 403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-Email: mallory@example.com\r\nX-Forwarded-Email : alice@example.com",
        "X-Forwarded-Email: mallory@example.com\r\n X-Forwarded-Email: alice@example.com",
        "X-Forwarded-Email: mallory@example.com\nX-Forwarded-Email: alice@example.com",
        "X-Forwarded-Email: mallory@example.com\r\nx-forwarded-EMAIL: alice@example.com",
        "X-Forwarded-Email: alice@example.com\0",
      })
  void smugglingASecondAddress(String headers) throws Exception {
    assertThat(rawStatus(headers, token(MALLORY))).isEqualTo(400);
  }

  /** Sends exactly these bytes; what no HTTP client would send. */
  private static int rawStatus(String headers, String token) throws IOException {
    URI uri = playground.uri(MINE);
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(10_000);
      String request =
          "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\nX-Forwarded-Access-Token: %s\r\nConnection: close\r\n\r\n"
              .formatted(uri.getPath(), headers, token);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      String response = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(response).startsWith("HTTP/1.1 ").doesNotContain(SECRET_ROW);
      return Integer.parseInt(response.substring(9, 12));
    }
  }

  @Test
  void aPersonWhoseRoleIsAboveRowLevelSecurity() throws SQLException {
    String mallory = '"' + MALLORY + '"';
    String owner = '"' + local.servicePrincipal() + '"';
    asSuperuser("ALTER ROLE " + mallory + " BYPASSRLS");
    assertStopped(playground.as(MALLORY, token(MALLORY), MINE), 403);
    asSuperuser("ALTER ROLE " + mallory + " NOBYPASSRLS; GRANT " + owner + " TO " + mallory);
    assertStopped(playground.as(MALLORY, token(MALLORY), MINE), 403);
    asSuperuser("REVOKE " + owner + " FROM " + mallory);
  }

  @Test
  void theServicePrincipalsNameWithAPersonsToken() {
    assertStopped(playground.as(local.servicePrincipal(), token(MALLORY), MINE), 403);
  }

  private static void asSuperuser(String sql) throws SQLException {
    try (Connection connection = local.superuser().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void aFloodOfMadeUpAddressesMakesNoPoolAndEvictsNobody() {
    for (int i = 0; i < 200; i++) {
      assertStopped(playground.as("ghost-" + i + "@example.com", "made-up-" + i, MINE), 401);
    }
    assertThat(warmStatistics().users()).isLessThanOrEqualTo(before.users());
    assertThat(warmStatistics().evicted().budget()).isEqualTo(before.evicted().budget());
  }

  @Test
  void aThousandMixedRequestsOfFiftyPeopleEachGetTheirOwnAnswer() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < PEOPLE; i++) {
      tokens.add(token(person(i)));
    }
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try {
      List<Future<?>> answers = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        int who = random.nextInt(PEOPLE);
        int whose = random.nextInt(4) == 0 ? random.nextInt(PEOPLE) : who;
        answers.add(threads.submit(() -> assertOwnAnswer(who, whose, tokens.get(whose))));
      }
      for (Future<?> answer : answers) {
        answer.get();
      }
    } catch (Exception e) {
      throw new AssertionError("seed " + seed, e);
    } finally {
      threads.shutdownNow();
    }
    before = warmStatistics(); // this one test uses pools, its people's own
  }

  private static void assertOwnAnswer(int who, int whose, String token) {
    HttpResponse<String> response = playground.send(playground.as(person(who), token, MINE));
    assertThat(response.body()).doesNotContain(SECRET_ROW);
    if (who == whose) {
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      assertThat(json(response).get("user").asString()).isEqualTo(person(who));
      assertThat(response.headers().firstValue("X-Onbehalf-Session-User"))
          .hasValue(person(who).replace("@", "%40"));
    } else {
      assertThat(response.statusCode()).isEqualTo(403);
    }
  }
}
