package dev.onbehalf.spring.dashboard;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.CAROL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.pool.UserPool;
import dev.onbehalf.servlet.RawHttp;
import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.TestApplication;
import dev.onbehalf.spring.WithoutSecurity;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;

/** The page and its stream, on a real server: who sees what, and what it costs. */
class DashboardTest {
  private static final String PAGE = "/actuator/onbehalfdashboard";
  private static TestApplication application;
  private static OnBehalfDatabase database;

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  static class Application {}

  @BeforeAll
  static void open() {
    application =
        new TestApplication(
            Application.class,
            "onbehalf.dashboard.enabled=true",
            "onbehalf.pool.max-connections=3",
            "onbehalf.pool.max-connections-per-user=1",
            "onbehalf.pool.service-principal-max-connections=1",
            "management.endpoints.web.exposure.include=onbehalfdashboard");
    database = application.bean(OnBehalfDatabase.class);
  }

  @AfterAll
  static void close() {
    application.close();
  }

  private static Events look() {
    return look(ALICE);
  }

  private static Events look(String person) {
    return Events.of(application, application.port(), person);
  }

  private static boolean isAwake() {
    return application.bean(Watch.class).isAwake();
  }

  private static HttpResponse<String> get(String path) {
    return application.send(application.as(ALICE, PAGE + path));
  }

  /** What stands last in a square that is in that state. */
  private static boolean shows(Events events, String state, String label) {
    return events.messages().stream()
        .flatMap(it -> it.get("places").valueStream())
        .anyMatch(
            it ->
                it.size() > 1
                    && it.get(1).asString().equals(state)
                    && it.get(3).asString().equals(label));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/index.html", "/dashboard.css", "/dashboard.js"})
  void aFileIsSentWithThePolicyThatAllowsNothingInline(String path) {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'none'")
        .contains("frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(response.body()).doesNotContain("innerHTML").doesNotContain(" style=");
  }

  @Test
  void thePageItselfIsReachedFromTheEndpointsAddress() {
    assertThat(get("").statusCode()).isEqualTo(302);
    assertThat(get("").headers().firstValue("Location")).contains("onbehalfdashboard/index.html");
    assertThat(get("/").headers().firstValue("Location")).contains("index.html");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/Watch.class",
        "/../onbehalfdashboard/Watch.class",
        "/..%2fdashboard.js",
        "/index.html/",
        "/META-INF/spring.factories"
      })
  void nothingElseIsSent(String path) {
    assertThat(get(path).statusCode()).isIn(400, 404);
    assertThat(
            application
                .send(application.as(ALICE, PAGE + "/events").POST(BodyPublishers.noBody()))
                .statusCode())
        .isEqualTo(405);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "/index.html", "/dashboard.js", "/events", "/x/../events", "//events"})
  void aStrangerSeesNothing(String path) {
    assertThat(RawHttp.get(application.port(), PAGE + path).status()).isIn(400, 401);
    assertThat(isAwake()).isFalse();
  }

  @Test
  void itIsOffUnlessItIsAskedForByName() {
    try (TestApplication other =
        new TestApplication(Application.class, "management.endpoints.web.exposure.include=*")) {
      for (String path : List.of("", "/index.html", "/events")) {
        assertThat(other.send(other.as(ALICE, PAGE + path)).statusCode()).as(path).isEqualTo(404);
      }
    }
  }

  @Test
  void itIsNotThereUnlessItIsExposed() {
    try (TestApplication other =
        new TestApplication(Application.class, "onbehalf.dashboard.enabled=true")) {
      assertThat(other.send(other.as(ALICE, PAGE + "/events")).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void withAPortOfItsOwnItIsOnThatPortOnlyAndBehindTheSameDoor() {
    try (TestApplication other =
        new TestApplication(
            Application.class,
            "onbehalf.dashboard.enabled=true",
            "management.server.port=0",
            "management.server.address=127.0.0.1",
            "management.endpoints.web.exposure.include=onbehalfdashboard")) {
      assertThat(other.send(other.as(ALICE, PAGE + "/index.html")).statusCode()).isEqualTo(404);
      assertThat(RawHttp.get(other.managementPort(), PAGE + "/events").status()).isEqualTo(401);
      try (Events events = Events.of(other, other.managementPort(), ALICE)) {
        assertThat(events.status()).isEqualTo(200);
        await().until(() -> !events.messages().isEmpty());
      }
    }
  }

  @Test
  void whoHoldsWaitsAndMakesRoomIsSeenAndNobodyByName() throws Exception {
    try (Events events = look();
        Connection application = database.servicePrincipal().getConnection();
        Connection alices = database.asUser(SharedLakebase.identity(ALICE)).getConnection()) {
      assertThat(application.isClosed() || alices.isClosed()).isFalse();
      await().until(() -> shows(events, "l", "a***@example.com"));
      await().until(() -> shows(events, "l", "the application"));
      assertThat(events.messages().get(0).get("all").asInt()).isEqualTo(1);
      assertThat(events.messages().get(0).get("budget").asInt()).isEqualTo(3);

      UserPool again = database.asUser(SharedLakebase.identity(ALICE));
      Thread waiting = new Thread(() -> takeAndGiveBack(again));
      waiting.start();
      await()
          .until(
              () ->
                  events.messages().stream()
                      .flatMap(it -> it.get("waiting").valueStream())
                      .anyMatch(
                          it ->
                              it.get(1).asString().equals("a***@example.com")
                                  && it.get(4).asString().equals("a connection of their own")));
      database.asUser(SharedLakebase.identity(BOB)).getConnection().close();
      await().until(() -> shows(events, "i", "b***@example.com"));
      database.revoke(BOB);
      await()
          .until(
              () ->
                  events.messages().stream()
                      .flatMap(it -> it.get("evictions").valueStream())
                      .anyMatch(it -> it.get(3).asString().equals("CLOSED")));
      await().until(() -> events.messages().stream().anyMatch(it -> it.has("budgetSays")));
      alices.close();
      waiting.join(10_000);
      String all = events.messages().toString();
      assertThat(all).doesNotContain("alice").doesNotContain("bob@").doesNotContain("eyJ");
    }
  }

  private static void takeAndGiveBack(UserPool pool) {
    try {
      pool.getConnection().close();
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isNotNull();
    }
  }

  @Test
  void nothingIsLookedAtWhileNobodyLooks() {
    assertThat(isAwake()).isFalse();
    try (Events one = look();
        Events other = look()) {
      await().until(() -> one.messages().size() > 2 && other.messages().size() > 2);
      assertThat(isAwake()).isTrue();
      assertThat(
              Thread.getAllStackTraces().keySet().stream()
                  .filter(it -> it.getName().equals("onbehalf-dashboard")))
          .as("threads for two who look")
          .hasSize(1);
      one.close();
      int seen = other.messages().size();
      await().until(() -> other.messages().size() > seen + 8);
    }
    await().until(() -> !isAwake());
  }

  /** Containers use the objects of a request again: a failure must not stay in them. */
  @Test
  void whoGoesTakesNobodyElsesStreamAlong() {
    for (int i = 0; i < 6; i++) {
      try (Events one = look();
          Events other = look()) {
        await()
            .untilAsserted(
                () -> {
                  assertThat(one.hasEnded() || other.hasEnded()).isFalse();
                  assertThat(one.messages()).hasSizeGreaterThan(1);
                  assertThat(other.messages()).hasSizeGreaterThan(1);
                });
      }
    }
    await().until(() -> !isAwake());
  }

  @Test
  void soManyMayLookAndNoMore() {
    List<Events> all = new ArrayList<>();
    String late = "late@example.com";
    String latest = "latest@example.com";
    SharedLakebase.get().addUser(late);
    SharedLakebase.get().addUser(latest);
    try {
      for (String person : List.of(BOB, CAROL, late, ALICE)) {
        for (int i = 0; i < Watch.MOST_OF_ONE; i++) {
          all.add(look(person));
          assertThat(all.get(all.size() - 1).status()).isEqualTo(200);
        }
        try (Events more = look(person)) {
          assertThat(more.status()).as("one more of the same person").isEqualTo(429);
        }
      }
      assertThat(all).hasSize(Watch.MOST_VIEWERS);
      try (Events more = look(latest)) {
        assertThat(more.status()).as("a fifth person").isEqualTo(429);
      }
      assertThat(get("/events").headers().firstValue("Retry-After")).contains("10");
      Events last = all.get(all.size() - 1);
      await().until(() -> !last.messages().isEmpty());
    } finally {
      all.forEach(Events::close);
      SharedLakebase.get().removePerson(late);
      SharedLakebase.get().removePerson(latest);
    }
    await().until(() -> !isAwake());
    try (Events again = look()) {
      assertThat(again.status()).isEqualTo(200);
      await().until(() -> !again.messages().isEmpty());
    }
    await().until(() -> !isAwake());
  }

  @Test
  void whoLooksDoesNotKeepTheApplicationFromEnding() {
    TestApplication other =
        new TestApplication(
            Application.class,
            "onbehalf.dashboard.enabled=true",
            "server.shutdown=graceful",
            "spring.lifecycle.timeout-per-shutdown-phase=30s",
            "management.endpoints.web.exposure.include=onbehalfdashboard");
    try (Events events = Events.of(other, other.port(), ALICE)) {
      await().until(() -> !events.messages().isEmpty());
      long began = System.nanoTime();
      other.close();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
      await().until(events::hasEnded);
    }
  }

  @Test
  void theSecondsTellOfWhatWasAcquired() throws SQLException {
    UserPool alice = database.asUser(SharedLakebase.identity(ALICE));
    try (Events events = look()) {
      await()
          .until(
              () -> {
                alice.getConnection().close();
                return events.messages().stream()
                    .filter(it -> it.has("seconds"))
                    .flatMap(it -> it.get("seconds").valueStream())
                    .anyMatch(it -> it.get(1).asDouble() > 50 && it.get(4).asLong() > 0);
              });
      JsonNode last = events.messages().stream().filter(it -> it.has("level")).toList().get(0);
      assertThat(last.get("level").asString()).isIn("FINE", "CLOSE", "TOO_SMALL");
    }
    await().until(() -> !isAwake());
  }
}
