package dev.onbehalf.lakebaselocal;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the workspace answers, to good requests and to bad ones. */
class WorkspaceTest {
  private static final String ALICE = "alice@example.com";
  private static final String CAROL = "carol@example.com";
  private static final String CREDENTIALS = "/api/2.0/postgres/credentials";
  private static final String ME = "/api/2.0/preview/scim/v2/Me";
  private static final String ROLES = "/api/2.0/postgres/projects/local/branches/main/roles";
  private static final String TOKEN = "/oidc/v1/token";
  private static final String LOCAL_TOKENS = "/local/tokens";

  private static final MovableClock CLOCK = new MovableClock();

  @RegisterExtension
  static final LakebaseLocalExtension LAKEBASE =
      LakebaseLocalExtension.builder().user(ALICE).personWithoutRole(CAROL).clock(CLOCK).build();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Test
  void tellsWhereEverythingIs() throws Exception {
    Map<String, Object> config = get("/.well-known/databricks-config").expect(200);
    Map<String, Object> server = get("/oidc/.well-known/oauth-authorization-server").expect(200);

    Map<String, Object> provider = get("/oidc/.well-known/openid-configuration").expect(200);

    assertThat(provider).containsAllEntriesOf(server).containsKey("subject_types_supported");
    assertThat(config).containsEntry("oidc_endpoint", host() + "/oidc");
    assertThat(server)
        .containsEntry("issuer", host() + "/oidc")
        .containsEntry("token_endpoint", host() + TOKEN)
        .containsEntry("jwks_uri", host() + "/oidc/jwks.json");
  }

  @Test
  void servesTheKeyOfItsTokens() throws Exception {
    JWKSet keys = JWKSet.parse(get("/oidc/jwks.json").expect(200));
    SignedJWT token = SignedJWT.parse(accessToken(ALICE));

    String keyId = token.getHeader().getKeyID();
    assertThat(token.verify(new RSASSAVerifier(keys.getKeyByKeyId(keyId).toRSAKey()))).isTrue();
    assertThat(token.getJWTClaimsSet().getSubject()).isEqualTo(ALICE);
    assertThat(token.getJWTClaimsSet().getIssuer()).isEqualTo(host() + "/oidc");
  }

  @Test
  void givesALocalTokenToWhomeverItKnows() throws Exception {
    for (String person : List.of(ALICE, CAROL)) {
      Map<String, Object> answer =
          post(LOCAL_TOKENS, "{\"user\": \"%s\", \"ttlSeconds\": 60}".formatted(person))
              .expect(200);
      String token = (String) Objects.requireNonNull(answer.get("access_token"));

      assertThat(get(ME, token).expect(200)).containsEntry("userName", person);
      CLOCK.advance(Duration.ofSeconds(61));
      get(ME, token).expectError(401, "UNAUTHENTICATED", "expired");
    }
  }

  @Test
  void refusesATokenThatLacksTheScopeWhichARequestNeeds() throws Exception {
    String reading = localToken("[\"iam.current-user:read\"]");
    String exchanging = localToken("[\"postgres\", \"sql\"]");
    String nothing = LAKEBASE.get().accessToken(ALICE, Duration.ofHours(1), new String[0]);
    String endpoint = LAKEBASE.get().environment().get("LAKEBASE_ENDPOINT");
    String body = "{\"endpoint\": \"" + endpoint + "\"}";

    assertThat(get(ME, reading).expect(200)).containsEntry("userName", ALICE);
    post(CREDENTIALS, body, reading)
        .expectError(
            403,
            "PERMISSION_DENIED",
            "Provided OAuth token does not have required scopes: postgres");
    assertThat(post(CREDENTIALS, body, exchanging).expect(200)).containsKey("token");
    for (String token : List.of(exchanging, nothing)) {
      get(ME, token)
          .expectError(
              403,
              "PERMISSION_DENIED",
              "Provided OAuth token does not have required scopes: iam.current-user:read");
    }
    assertThat(get(ME, localToken("[\"all-apis\"]")).expect(200)).containsKey("userName");
    assertThat(SignedJWT.parse(accessToken(ALICE)).getJWTClaimsSet().getStringClaim("scope"))
        .isEqualTo("iam.current-user:read postgres");
  }

  private String localToken(String scopes) throws Exception {
    Map<String, Object> answer =
        post(LOCAL_TOKENS, "{\"user\": \"%s\", \"scopes\": %s}".formatted(ALICE, scopes))
            .expect(200);
    return (String) Objects.requireNonNull(answer.get("access_token"));
  }

  @Test
  void saysThatItDoesNotKnowSomebody() throws Exception {
    post(LOCAL_TOKENS, "{\"user\": \"mallory@example.com\"}")
        .expectError(404, "NOT_FOUND", "mallory@example.com");
    post(LOCAL_TOKENS, "{\"user\": \"ALICE@example.com\"}").expectError(404, "NOT_FOUND", "ALICE");
    post(LOCAL_TOKENS, "{\"user\": \"" + LAKEBASE.get().servicePrincipal() + "\"}")
        .expectError(404, "NOT_FOUND", "Nobody");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "\"alice@example.com\"",
        "{}",
        "{\"user\": null}",
        "{\"user\": \"\"}",
        "{\"user\": 7}",
        "{\"user\": [\"alice@example.com\"]}",
        "{\"user\": \"alice@example.com\", \"ttlSeconds\": 0}",
        "{\"user\": \"alice@example.com\", \"ttlSeconds\": -1}",
        "{\"user\": \"alice@example.com\", \"ttlSeconds\": 86401}",
        "{\"user\": \"alice@example.com\", \"ttlSeconds\": 1e99}",
        "{\"user\": \"alice@example.com\", \"ttlSeconds\": 99999999999999999999}",
        "{\"user\": \"alice@example.com\", \"ttlSeconds\": 1.5}",
        "{\"user\": \"alice@example.com\", \"ttlSeconds\": \"60\"}",
        "{\"user\": \"alice@example.com\", \"ttlSeconds\": true}",
      })
  void refusesABadRequestForALocalToken(String body) throws Exception {
    assertThat(post(LOCAL_TOKENS, body).expect(400)).containsKeys("error_code", "message");
  }

  @Test
  void refusesABodyThatIsNestedWithoutEnd() throws Exception {
    post(LOCAL_TOKENS, "[".repeat(30_000)).expect(400);
    post(LOCAL_TOKENS, "{\"a\":".repeat(10_000)).expect(400);
  }

  @ParameterizedTest
  @CsvSource({
    "300s, 300",
    "1s, 1",
    "0.5s, 0.5",
    "1.000000001s, 1.000000001",
    "3600s, 3600",
  })
  void makesACredentialForAsLongAsTheTtlAsks(String ttl, double seconds) throws Exception {
    Map<String, Object> answer = exchange("\"ttl\": \"" + ttl + "\"").expect(200);

    assertThat(Instant.parse((String) answer.get("expire_time")))
        .isBetween(
            CLOCK.instant().plusNanos((long) (seconds * 1e9)).minusMillis(2),
            CLOCK.instant().plusNanos((long) (seconds * 1e9)));
  }

  @Test
  void makesACredentialUntilTheInstantThatIsAskedFor() throws Exception {
    Instant asked = CLOCK.instant().plusSeconds(600);
    Map<String, Object> answer = exchange("\"expire_time\": \"" + asked + "\"").expect(200);

    assertThat(Instant.parse((String) answer.get("expire_time")))
        .isBetween(asked.minusMillis(2), asked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"ttl\": \"0s\"",
        "\"ttl\": \"-1s\"",
        "\"ttl\": \"3600.1s\"",
        "\"ttl\": \"999999999999999999999s\"",
        "\"ttl\": \"300\"",
        "\"ttl\": \"1h\"",
        "\"ttl\": \"\"",
        "\"ttl\": 300",
        "\"ttl\": {}",
        "\"expire_time\": \"tomorrow\"",
        "\"expire_time\": \"1999-01-01T00:00:00Z\"",
        "\"expire_time\": \"9999-01-01T00:00:00Z\"",
        "\"expire_time\": \"+1000000000-12-31T23:59:59Z\"",
        "\"ttl\": \"300s\", \"expire_time\": \"2027-01-01T00:00:00Z\"",
      })
  void refusesABadLifetimeOfACredential(String lifetime) throws Exception {
    exchange(lifetime).expectError(400, "INVALID_PARAMETER_VALUE", "");
  }

  @Test
  void refusesACredentialForAnEndpointThatIsNotThere() throws Exception {
    String token = accessToken(ALICE);
    post(CREDENTIALS, "{}", token).expectError(400, "INVALID_PARAMETER_VALUE", "endpoint");
    post(CREDENTIALS, "{\"endpoint\": 1}", token)
        .expectError(400, "INVALID_PARAMETER_VALUE", "endpoint");
    post(CREDENTIALS, "{\"endpoint\": \"projects/x/branches/y/endpoints/z\"}", token)
        .expectError(404, "NOT_FOUND", "projects/x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer x.y.z", "Basic YTpi", "x"})
  void refusesEveryEndpointToWhomeverItDoesNotKnow(String authorization) throws Exception {
    for (HttpRequest.Builder request :
        List.of(
            request(ME),
            request(CREDENTIALS).POST(BodyPublishers.ofString("{}")),
            request(ROLES).POST(BodyPublishers.ofString("{}")))) {
      if (!authorization.isEmpty()) {
        request.header("Authorization", authorization);
      }
      send(request).expectError(401, "UNAUTHENTICATED", "token");
    }
  }

  @Test
  void refusesACredentialAsAnAccessToken() throws Exception {
    String credential = LAKEBASE.get().databaseCredential(ALICE, Duration.ofHours(1));
    get(ME, credential).expectError(401, "UNAUTHENTICATED", "another kind");
  }

  @Test
  void refusesTwoTokensAtOnce() throws Exception {
    send(request(ME)
            .header("Authorization", "Bearer " + accessToken(ALICE))
            .header("Authorization", "Bearer " + accessToken(CAROL)))
        .expectError(400, "MALFORMED_REQUEST", "more than once");
  }

  @Test
  void givesTheServicePrincipalATokenForItsSecretOnly() throws Exception {
    Map<String, String> environment = LAKEBASE.get().environment();
    String id = environment.get("DATABRICKS_CLIENT_ID");
    String secret = environment.get("DATABRICKS_CLIENT_SECRET");
    String grant = "grant_type=client_credentials&scope=all-apis";

    Map<String, Object> answer = client(id + ":" + secret, grant).expect(200);
    assertThat(answer).containsEntry("token_type", "Bearer").containsEntry("expires_in", 3600L);
    assertThat(get(ME, (String) Objects.requireNonNull(answer.get("access_token"))).expect(200))
        .containsEntry("userName", id);

    for (String wrong :
        List.of(":", id, id + ":", id + ":x", secret + ":" + id, ALICE + ":" + secret)) {
      assertThat(client(wrong, grant).expect(401)).containsEntry("error", "invalid_client");
    }
    assertThat(post(TOKEN, grant).expect(401)).containsEntry("error", "invalid_client");
    assertThat(client(id + ":" + secret, "").expect(400)).containsEntry("error", "invalid_request");
    assertThat(client(id + ":" + secret, "grant_type=password").expect(400))
        .containsEntry("error", "unsupported_grant_type");
    client(id + ":" + secret, "grant_type=%zz").expect(400);
    client(id + ":" + secret, grant + "&grant_type=x").expect(400);
  }

  @Test
  void createsNoRoleForABadRequest() throws Exception {
    String token = servicePrincipalToken();
    String good = spec(CAROL, "USER");
    post(ROLES, good, accessToken(ALICE)).expectError(403, "PERMISSION_DENIED", "");
    post(ROLES.replace("main", "other"), good, token).expectError(404, "NOT_FOUND", "other");
    post(ROLES + "?role_id=A%20B", good, token)
        .expectError(400, "INVALID_PARAMETER_VALUE", "role_id");
    post(ROLES + "?role_id=abcd&role_id=efgh", good, token)
        .expectError(400, "MALFORMED_REQUEST", "role_id");
    post(ROLES, "{}", token).expectError(400, "INVALID_PARAMETER_VALUE", "spec");
    post(ROLES, "{\"spec\": []}", token).expectError(400, "INVALID_PARAMETER_VALUE", "spec");
    post(ROLES, spec(CAROL, "KING"), token)
        .expectError(400, "INVALID_PARAMETER_VALUE", "identity_type");
    post(ROLES, spec(CAROL, "SERVICE_PRINCIPAL"), token).expectError(404, "NOT_FOUND", CAROL);
    post(ROLES, spec("mallory", "USER"), token).expectError(404, "NOT_FOUND", "mallory");
    post(ROLES, spec(ALICE, "USER"), token).expectError(409, "ALREADY_EXISTS", ALICE);
    get("/api/2.0/postgres/projects/local/branches/main/roles/r/operations/o", token)
        .expectError(404, "NOT_FOUND", "");
  }

  @Test
  void saysWhatIsNotThereAndWhatIsNotDone() throws Exception {
    get("/").expectError(404, "ENDPOINT_NOT_FOUND", "");
    get("/api/2.0/postgres/credentials/").expectError(404, "ENDPOINT_NOT_FOUND", "");
    get("//local/tokens").expectError(404, "ENDPOINT_NOT_FOUND", "");
    get(LOCAL_TOKENS).expectError(405, "METHOD_NOT_ALLOWED", "POST");
    send(request(ME).DELETE()).expectError(405, "METHOD_NOT_ALLOWED", "GET");
    assertThat(
            http.send(
                    request(ME).method("HEAD", BodyPublishers.noBody()).build(),
                    BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(405);
  }

  @Test
  void refusesABodyThatIsTooLong() throws Exception {
    post(LOCAL_TOKENS, "{\"user\": \"" + "x".repeat(70_000))
        .expectError(413, "REQUEST_TOO_LARGE", "");
    post(LOCAL_TOKENS, "x".repeat(1_000_000)).expectError(413, "REQUEST_TOO_LARGE", "");
  }

  /** A page on another site that leads its own name to loopback could else read tokens. */
  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example", "evil.example:80", "localhost.evil.example", "", "127.0.0.1@evil"})
  void refusesARequestUnderAnotherName(String host) throws Exception {
    assertThat(
            raw(
                "POST /local/tokens HTTP/1.1\r\nHost: "
                    + host
                    + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 403 ");
  }

  @Test
  void answersUnderEachLoopbackName() throws Exception {
    for (String host : List.of("localhost", "LOCALHOST:8080", "127.0.0.1", "[::1]:99")) {
      assertThat(
              raw(
                  "GET /oidc/jwks.json HTTP/1.1\r\nHost: "
                      + host
                      + "\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void answersBrokenHttpWithAnErrorOrTheEnd() throws Exception {
    for (String request :
        List.of(
            "\r\n\r\n",
            "GARBAGE\r\n\r\n",
            "GET\r\n\r\n",
            "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "POST /local/tokens HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
            "POST /local/tokens HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
            "POST /local/tokens HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n")) {
      assertThat(raw(request))
          .as(request)
          .matches(answer -> answer.isEmpty() || answer.startsWith("HTTP/1.1 4"));
    }
    get("/oidc/jwks.json").expect(200);
  }

  @Test
  void answersOthersWhileManyRequestsAreHalfSentAndEndsThoseInTime() throws Exception {
    List<Socket> halfSent = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        Socket socket = connect();
        halfSent.add(socket);
        socket
            .getOutputStream()
            .write(
                "POST /local/tokens HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"
                    .getBytes(StandardCharsets.UTF_8));
      }
      get("/oidc/jwks.json").expect(200);
      for (Socket socket : halfSent) {
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
    } finally {
      for (Socket socket : halfSent) {
        socket.close();
      }
    }
  }

  @Test
  void holdsBackNoSmallAnswer() throws Exception {
    Duration fastest = Duration.ofDays(1);
    for (int i = 0; i < 50; i++) {
      long start = System.nanoTime();
      get("/oidc/jwks.json").expect(200);
      Duration taken = Duration.ofNanos(System.nanoTime() - start);
      fastest = taken.compareTo(fastest) < 0 ? taken : fastest;
    }
    // each would take 40 ms if the server waited for an acknowledgement
    assertThat(fastest).isLessThan(Duration.ofMillis(30));
  }

  /** An answer, with what it must be. */
  private record Answer(HttpResponse<String> response) {

    Map<String, Object> expect(int status) throws ParseException {
      assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
      assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
      return JSONObjectUtils.parse(response.body());
    }

    void expectError(int status, String errorCode, String message) throws ParseException {
      Map<String, Object> body = expect(status);
      assertThat(body).containsEntry("error_code", errorCode);
      assertThat((String) body.get("message")).contains(message);
    }
  }

  private Answer get(String path) throws Exception {
    return send(request(path));
  }

  private Answer get(String path, String token) throws Exception {
    return send(request(path).header("Authorization", "Bearer " + token));
  }

  private Answer post(String path, String body) throws Exception {
    return send(request(path).POST(BodyPublishers.ofString(body)));
  }

  private Answer post(String path, String body, String token) throws Exception {
    return send(
        request(path)
            .header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.ofString(body)));
  }

  private Answer exchange(String lifetime) throws Exception {
    return post(
        CREDENTIALS,
        "{\"endpoint\": \"%s\", %s}"
            .formatted(LAKEBASE.get().environment().get("LAKEBASE_ENDPOINT"), lifetime),
        accessToken(ALICE));
  }

  private Answer client(String idAndSecret, String form) throws Exception {
    String basic = Base64.getEncoder().encodeToString(idAndSecret.getBytes(StandardCharsets.UTF_8));
    return send(
        request(TOKEN)
            .header("Authorization", "Basic " + basic)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form)));
  }

  private String servicePrincipalToken() throws Exception {
    Map<String, String> environment = LAKEBASE.get().environment();
    Map<String, Object> answer =
        client(
                environment.get("DATABRICKS_CLIENT_ID")
                    + ":"
                    + environment.get("DATABRICKS_CLIENT_SECRET"),
                "grant_type=client_credentials")
            .expect(200);
    return (String) Objects.requireNonNull(answer.get("access_token"));
  }

  private static String spec(String role, String type) {
    return "{\"spec\": {\"postgres_role\": \"%s\", \"identity_type\": \"%s\"}}"
        .formatted(role, type);
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(host() + path)).timeout(Duration.ofSeconds(30));
  }

  private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return new Answer(http.send(request.build(), BodyHandlers.ofString()));
  }

  private static String raw(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), URI.create(host()).getPort());
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static String host() {
    return Objects.requireNonNull(LAKEBASE.get().environment().get("DATABRICKS_HOST"));
  }

  private static String accessToken(String user) {
    return LAKEBASE.get().accessToken(user, Duration.ofHours(1));
  }
}
