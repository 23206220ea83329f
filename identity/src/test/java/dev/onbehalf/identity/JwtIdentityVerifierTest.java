package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each attack of RFC 8725, section 2, and those of our own. */
class JwtIdentityVerifierTest {
  private static final String ALICE = "alice@example.com";
  private static final String ISSUER = "https://issuer.example.com";
  private static final String AUDIENCE = "the-app";

  private static RSAKey rsa;
  private static ECKey ec;
  private static HttpServer keys;
  private static final AtomicInteger fetches = new AtomicInteger();
  private static volatile String published = "";
  private static final AtomicInteger status = new AtomicInteger(200);
  private static volatile CountDownLatch answers = new CountDownLatch(0);
  private final AtomicLong nanos = new AtomicLong();
  private JwtIdentityVerifier verifier = verifier();

  @BeforeAll
  static void publishKeys() throws JOSEException, IOException {
    rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
    ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
    keys = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    keys.createContext(
        "/keys",
        exchange -> {
          fetches.incrementAndGet();
          awaitQuietly(answers);
          byte[] bytes = published.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status.get(), bytes.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
    keys.start();
  }

  @AfterAll
  static void stop() {
    keys.stop(0);
  }

  @BeforeEach
  void freshVerifier() {
    verifier = verifier();
    publish(rsa, ec);
    status.set(200);
    fetches.set(0);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void publish(JWK... keys) {
    published = new JWKSet(List.of(keys)).toString(); // the public halves
  }

  private JwtIdentityVerifier verifier() {
    int port = keys == null ? 1 : keys.getAddress().getPort();
    return new JwtIdentityVerifier(
        ISSUER,
        URI.create("http://127.0.0.1:" + port + "/keys"),
        Set.of(AUDIENCE),
        "email",
        nanos::get);
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .claim("email", ALICE)
        .expirationTime(in(Duration.ofHours(1)));
  }

  private static Date in(Duration time) {
    return Date.from(Instant.now().plus(time));
  }

  private static String signed(JWTClaimsSet.Builder claims) throws JOSEException {
    return signed(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa"), claims, rsaSigner());
  }

  private static String signed(
      JWSHeader.Builder header, JWTClaimsSet.Builder claims, JWSSigner signer)
      throws JOSEException {
    SignedJWT token = new SignedJWT(header.build(), claims.build());
    token.sign(signer);
    return token.serialize();
  }

  private static JWSSigner rsaSigner() throws JOSEException {
    return new RSASSASigner(rsa);
  }

  private static ForwardedIdentity identity(String token) {
    return new ForwardedIdentity(ALICE, Secret.of(token));
  }

  private void assertAccepted(String token) {
    assertThat(verifier.verify(identity(token)).user()).isEqualTo(ALICE);
  }

  private void assertRefused(String token) {
    assertThatThrownBy(() -> verifier.verify(identity(token)))
        .isInstanceOfSatisfying(
            IdentityException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOKEN_REFUSED));
  }

  @Test
  void aGoodTokenIsItsClaimsAddressSpelledAsTheClaimSpellsIt() throws Exception {
    assertAccepted(signed(claims()));
    assertAccepted(
        signed(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("ec"), claims(), new ECDSASigner(ec)));
    assertThat(
            verifier.verify(identity(signed(claims().claim("email", "Alice@Example.com")))).user())
        .isEqualTo("Alice@Example.com");
  }

  @Test
  void algorithmNoneIsRefused() {
    assertRefused(new PlainJWT(claims().build()).serialize());
  }

  @Test
  void aPublicKeyUsedAsASharedSecretIsRefused() throws Exception {
    byte[] publicKey = rsa.toPublicKey().getEncoded();
    assertRefused(
        signed(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa"),
            claims(),
            new MACSigner(publicKey)));
  }

  @Test
  void strongerAlgorithmsThanTheListedAreRefusedToo() throws Exception {
    for (Algorithm algorithm : Set.of(JWSAlgorithm.RS512, JWSAlgorithm.PS256)) {
      assertRefused(
          signed(
              new JWSHeader.Builder((JWSAlgorithm) algorithm).keyID("rsa"), claims(), rsaSigner()));
    }
  }

  @Test
  void aTokenSignedByAnotherKeyIsRefused() throws Exception {
    RSAKey others = new RSAKeyGenerator(2048).keyID("rsa").generate();
    assertRefused(
        signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa"),
            claims(),
            new RSASSASigner(others)));
  }

  @Test
  void aKeyThatTheTokenBringsAlongIsNotUsed() throws Exception {
    RSAKey others = new RSAKeyGenerator(2048).keyID("own").generate();
    assertRefused(
        signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("own").jwk(others.toPublicJWK()),
            claims(),
            new RSASSASigner(others)));
  }

  @Test
  void aTamperedPayloadIsRefused() throws Exception {
    SignedJWT good = SignedJWT.parse(signed(claims()));
    Payload other =
        SignedJWT.parse(signed(claims().claim("email", "mallory@example.com"))).getPayload();
    assertRefused(
        good.getHeader().toBase64URL() + "." + other.toBase64URL() + "." + good.getSignature());
  }

  @Test
  void anotherIssuerOrAudienceIsRefused() throws Exception {
    assertRefused(signed(claims().issuer(ISSUER + "/")));
    assertRefused(signed(claims().issuer(null)));
    assertRefused(signed(claims().audience("another-app")));
    assertRefused(signed(claims().audience((String) null)));
  }

  @Test
  void timesMayBeOffBySixtySecondsAndNotByMore() throws Exception {
    assertAccepted(signed(claims().expirationTime(in(Duration.ofSeconds(-50)))));
    assertRefused(signed(claims().expirationTime(in(Duration.ofSeconds(-70)))));
    assertRefused(signed(claims().expirationTime(null)));
    assertAccepted(signed(claims().notBeforeTime(in(Duration.ofSeconds(50)))));
    assertRefused(signed(claims().notBeforeTime(in(Duration.ofSeconds(70)))));
  }

  @Test
  void aTokenWithoutTheAddressClaimOrWithAnotherTypeOfItIsRefused() throws Exception {
    assertRefused(signed(claims().claim("email", null)));
    assertRefused(signed(claims().claim("email", List.of(ALICE))));
    assertRefused(signed(claims().claim("email", 7)));
  }

  @Test
  void anotherTypeOfTokenIsRefused() throws Exception {
    assertRefused(
        signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID("rsa")
                .type(new JOSEObjectType("database-credential+jwt")),
            claims(),
            rsaSigner()));
  }

  @Test
  void inventedKeyIdsDoNotBecomeCallsToTheIssuer() throws Exception {
    assertAccepted(signed(claims()));
    for (int i = 0; i < 100; i++) {
      assertRefused(
          signed(
              new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("invented-" + i),
              claims(),
              rsaSigner()));
    }
    assertThat(fetches).hasValue(1);
    assertAccepted(signed(claims()));
  }

  @Test
  void aNewKeyIsFetchedAtTheFirstTokenSignedWithItAMinuteAfterTheLastFetch() throws Exception {
    assertAccepted(signed(claims()));
    RSAKey next = new RSAKeyGenerator(2048).keyID("next").generate();
    publish(rsa, next);
    String token =
        signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("next"),
            claims(),
            new RSASSASigner(next));
    nanos.addAndGet(Duration.ofSeconds(59).toNanos());
    assertRefused(token);
    assertThat(fetches).hasValue(1);
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertAccepted(token);
    assertThat(fetches).hasValue(2);
  }

  @Test
  void aFloodOfInventedKeyIdsIsNoFloodOfCallsToAnIssuerThatIsDownEither() throws Exception {
    status.set(500);
    for (int i = 0; i < 50; i++) {
      String token =
          signed(
              new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("invented-" + i),
              claims(),
              rsaSigner());
      assertThatThrownBy(() -> verifier.verify(identity(token)))
          .isInstanceOf(IssuerUnavailableException.class);
    }
    assertThat(fetches).hasValue(1);
    status.set(200);
    nanos.addAndGet(Duration.ofSeconds(5).toNanos());
    assertAccepted(signed(claims()));
  }

  /** Each of them waits for the keys that are being fetched for the first. */
  @Test
  void strangersWithInventedKeyIdsAndAnIssuerThatHangsKeepNoKnownPersonWaiting() throws Exception {
    MovableClock clock = new MovableClock();
    ForwardedIdentity alice = identity(signed(claims()));
    List<ForwardedIdentity> strangers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("invented-" + i);
      Secret token = Secret.of(signed(header, claims(), rsaSigner()));
      strangers.add(new ForwardedIdentity("ghost-%s@example.com".formatted(i), token));
    }
    ExecutorService threads = Executors.newCachedThreadPool();
    try (OnBehalfDatabase database =
        TestPlatform.database(settings(), TestPlatform.VERIFIES_NOTHING, clock)) {
      database.asUser(alice);
      nanos.addAndGet(Duration.ofMinutes(1).toNanos());
      answers = new CountDownLatch(1);
      for (ForwardedIdentity stranger : strangers) {
        threads.execute(() -> assertThatThrownBy(() -> database.asUser(stranger)));
      }
      await().until(() -> fetches.get() == 2);
      clock.advance(Duration.ofMinutes(6));
      long before = System.nanoTime();
      database.asUser(alice);
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
    } finally {
      answers.countDown();
      threads.shutdownNow();
    }
  }

  private DatabaseSettings settings() {
    return DatabaseSettings.builder()
        .variable("PGHOST", "localhost")
        .variable("PGDATABASE", "nobody_asks")
        .variable("PGUSER", "app")
        .identityVerifier(verifier)
        .build();
  }

  @Test
  void headersThatMustBeUnderstoodAndAreNotAreRefused() throws Exception {
    assertRefused(
        signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID("rsa")
                .criticalParams(Set.of("audience-of-the-gods"))
                .customParam("audience-of-the-gods", true),
            claims(),
            rsaSigner()));
  }

  @Test
  void aPayloadThatIsSaidNotToBeEncodedIsRefused() throws Exception {
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.RS256)
            .keyID("rsa")
            .base64URLEncodePayload(false)
            .criticalParams(Set.of("b64"))
            .build();
    String payload = claims().build().toPayload().toBase64URL().toString();
    JWSObject unencoded = new JWSObject(header, new Payload(payload));
    unencoded.sign(rsaSigner());
    assertRefused(header.toBase64URL() + "." + payload + "." + unencoded.getSignature());
  }

  @Test
  void anAlgorithmOfOneKindOfKeyWithTheIdOfAnotherKindIsRefused() throws Exception {
    assertRefused(
        signed(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("ec"), claims(), rsaSigner()));
    assertRefused(
        signed(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("rsa"), claims(), new ECDSASigner(ec)));
  }

  @Test
  void nestingThatWouldOverflowAParsersStackIsRefused() {
    String header = Base64URL.encode("{\"alg\":" + "[".repeat(11_000)).toString();
    assertRefused(header + ".e30.e30");
    assertRefused("e30." + Base64URL.encode("[".repeat(11_000)) + ".e30");
  }

  @Test
  void keysThatCannotBeFetchedAreNoVerdict() throws Exception {
    JwtIdentityVerifier unreachable =
        new JwtIdentityVerifier(
            ISSUER, URI.create("http://127.0.0.1:1/keys"), Set.of(AUDIENCE), "email");
    String token = signed(claims());
    assertThatThrownBy(() -> unreachable.verify(identity(token)))
        .isInstanceOf(IssuerUnavailableException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://issuer.example.com/keys",
        "http://localhost.evil.com/keys",
        "http:///keys",
        "file:///keys",
        "keys"
      })
  void keysThatDoNotComeOverHttpsAreRefusedAtTheStart(String uri) {
    URI plain = URI.create(uri);
    assertThatThrownBy(() -> new JwtIdentityVerifier(ISSUER, plain, Set.of(AUDIENCE), "email"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("https");
  }

  @Test
  void theLocalLakebasesOwnTokensAreProvedOfflineAndItsCredentialsAreNot() {
    try (LakebaseLocal local = LakebaseLocal.builder().user(ALICE).start()) {
      String issuer = local.environment().get("DATABRICKS_HOST") + "/oidc";
      JwtIdentityVerifier locals =
          new JwtIdentityVerifier(
              issuer, URI.create(issuer + "/jwks.json"), Set.of("7405605519549535"), "email");
      String token = local.accessToken(ALICE, Duration.ofHours(1));
      assertThat(locals.verify(identity(token)).user()).isEqualTo(ALICE);
      String credential = local.databaseCredential(ALICE, Duration.ofHours(1));
      assertThatThrownBy(() -> locals.verify(identity(credential)))
          .isInstanceOf(IdentityException.class);
    }
  }
}
