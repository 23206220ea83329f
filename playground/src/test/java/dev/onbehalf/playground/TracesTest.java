package dev.onbehalf.playground;

import static dev.onbehalf.playground.DeployedPlayground.API;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebase.LakebaseRoles;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.playground.OtlpReceiver.Trace;
import io.opentelemetry.proto.trace.v1.Span;
import java.sql.Connection;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a collector of traces receives over OTLP: for whom a request works by a hash, a hit or a
 * login, the wait for it, the exchange; and nobody's address, nobody's token.
 */
class TracesTest {
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";
  private static final String STRANGER = "mallory@example.com";
  private static final String KEY = "0123456789abcdef";
  private static final String PRODUCTS = API + "/my-products";

  private static OtlpReceiver receiver;
  private static LakebaseLocal local;
  private static DeployedPlayground playground;
  private static long requests;

  @BeforeAll
  static void start() throws Exception {
    receiver = new OtlpReceiver();
    local = LakebaseLocal.builder().user(ALICE).user(BOB).personWithoutRole(STRANGER).start();
    playground =
        new DeployedPlayground(
            local,
            "management.tracing.sampling.probability=1.0",
            "management.opentelemetry.tracing.export.otlp.endpoint=" + receiver.endpoint(),
            "management.opentelemetry.tracing.export.schedule-delay=100ms",
            "onbehalf.tracing.hash-key=" + KEY);
    try (Connection connection =
        playground.bean(OnBehalfDatabase.class).servicePrincipal().getConnection()) {
      LakebaseRoles.ofGroup(DatabaseSetUp.GROUP).user(ALICE).user(BOB).apply(connection);
    }
  }

  @AfterAll
  static void stop() {
    playground.close();
    local.close();
    receiver.close();
  }

  /** The trace of one request, by the number that the caller gave it (W3C Trace Context). */
  private static Trace traceOf(String address, String token, int status) {
    String trace = "0".repeat(16) + HexFormat.of().toHexDigits(++requests);
    assertThat(
            playground
                .send(
                    playground
                        .as(address, token, PRODUCTS)
                        .header("traceparent", "00-" + trace + "-00000000000000ff-01"))
                .statusCode())
        .isEqualTo(status);
    await().atMost(Duration.ofSeconds(20)).until(() -> receiver.trace(trace).request().isPresent());
    return receiver.trace(trace);
  }

  private static Optional<String> attribute(Span span, String key) {
    return span.getAttributesList().stream()
        .filter(it -> it.getKey().equals(key))
        .map(it -> it.getValue().getStringValue())
        .findFirst();
  }

  private static void assertBelow(Span parent, Span child) {
    assertThat(child.getParentSpanId()).as(child.getName()).isEqualTo(parent.getSpanId());
    assertThat(child.getStartTimeUnixNano())
        .as(child.getName())
        .isBetween(parent.getStartTimeUnixNano(), parent.getEndTimeUnixNano());
  }

  private static String hashOf(String address) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(KEY.getBytes(UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(address.getBytes(UTF_8))).substring(0, 16);
  }

  @Test
  void firstALoginWithItsExchangeThenAHitAndWhoseByAHash() throws Exception {
    String token = local.accessToken(ALICE, Duration.ofMinutes(10));

    Trace first = traceOf(ALICE, token, 200);
    Span acquire = first.span("onbehalf.acquire");
    assertBelow(first.request().orElseThrow(), first.span("onbehalf.proof"));
    assertBelow(first.request().orElseThrow(), acquire);
    assertBelow(acquire, first.span("onbehalf.credential"));
    assertBelow(first.span("onbehalf.credential"), first.span("onbehalf.exchange"));
    assertBelow(acquire, first.span("onbehalf.login"));
    assertThat(attribute(acquire, "onbehalf.connection")).hasValue("login");
    assertThat(attribute(acquire, "user.hash")).hasValue(hashOf(ALICE));
    assertThat(attribute(acquire, "outcome")).hasValue("success");

    Trace second = traceOf(ALICE, token, 200);
    assertThat(second.names()).noneMatch(name -> name.startsWith("onbehalf."));
    assertThat(attribute(second.request().orElseThrow(), "onbehalf.connection")).hasValue("hit");
    assertThat(attribute(second.request().orElseThrow(), "user.hash")).hasValue(hashOf(ALICE));
  }

  @Test
  void whatIsRefusedIsTracedWithoutWords() throws Exception {
    String bobs = local.accessToken(BOB, Duration.ofMinutes(10));
    Span taken = traceOf(ALICE, bobs, 403).span("onbehalf.proof");
    assertThat(attribute(taken, "outcome")).hasValue("success"); // the token is Bob's, and good
    String expired = local.accessToken(BOB, Duration.ofSeconds(-5));
    Span late = traceOf(BOB, expired, 401).span("onbehalf.proof");
    assertThat(attribute(late, "outcome")).hasValue("refused");

    // A person of the workspace whom the database does not know.
    String strangers = local.accessToken(STRANGER, Duration.ofMinutes(10));
    Trace refused = traceOf(STRANGER, strangers, 403);
    assertThat(attribute(refused.span("onbehalf.login"), "outcome")).hasValue("refused");
    Span.Event failure = refused.span("onbehalf.login").getEvents(0);
    assertThat(failure.toString()).contains("PSQLException, SQLState 28");
    assertThat(attribute(refused.span("onbehalf.login"), "error.type"))
        .hasValue("dev.onbehalf.identity.RoleRefusedException");
    assertThat(attribute(refused.request().orElseThrow(), "user.hash")).hasValue(hashOf(STRANGER));

    List<byte[]> all = receiver.bodies();
    assertThat(all).isNotEmpty();
    for (byte[] body : all) {
      assertThat(new String(body, ISO_8859_1))
          .doesNotContain(ALICE, BOB, STRANGER, bobs, expired, strangers, KEY);
    }
  }
}
