package dev.onbehalf.playground;

import static dev.onbehalf.playground.DeployedPlayground.API;
import static dev.onbehalf.playground.DeployedPlayground.post;
import static dev.onbehalf.playground.DeployedPlayground.product;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.RoleSetup;
import dev.onbehalf.lakebase.LakebaseRoles;
import dev.onbehalf.lakebaselocal.Faults.Fault;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.logging.LoggingSystem;

/**
 * A busy hour in a minute, everything logged at TRACE, and no secret in anything that came of it.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SecretsTest {
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";
  private static final String CAROL = "carol@example.com";
  private static final String MINE = API + "/my-products";

  /**
   * All tokens and database credentials here are JWTs, whose every part begins so or follows one.
   */
  private static final Pattern JWT = Pattern.compile("eyJ[\\w-]{8,}");

  private static final List<String> LOGGERS =
      List.of(
          "root",
          "dev.onbehalf",
          "com.databricks",
          "com.nimbusds",
          "org.apache",
          "org.apache.catalina",
          "org.apache.coyote",
          "org.apache.http",
          "org.apache.http.headers",
          "org.apache.http.wire",
          "org.apache.tomcat",
          "org.postgresql",
          "org.springframework",
          "org.springframework.boot.tomcat",
          "org.springframework.boot.web",
          "org.springframework.web",
          "org.springframework.web.servlet");

  /** All of them do log, or the test would show nothing. */
  private static final List<String> PROOF_OF_LOGGING =
      List.of(
          "TRACE org.postgresql",
          "FE=> Password",
          "DEBUG org.apache.http.impl",
          "DEBUG com.databricks.sdk.core.ApiClient",
          "DEBUG org.apache.tomcat",
          "TRACE org.springframework.web",
          "DEBUG dev.onbehalf.identity",
          "DEBUG dev.onbehalf.pool");

  private final Set<String> secrets = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<String> answers = new ConcurrentLinkedQueue<>();

  private String token(LakebaseLocal local, String user, Duration lifetime) {
    String token = local.accessToken(user, lifetime);
    secrets.add(token);
    return token;
  }

  private String token(LakebaseLocal local, String user) {
    return token(local, user, Duration.ofHours(1));
  }

  private static String[] properties(Path log) {
    List<String> properties = new ArrayList<>();
    properties.add("logging.file.name=" + log);
    // A second file, begun at 10 MB, would be the only one that is read.
    properties.add("logging.logback.rollingpolicy.max-file-size=1GB");
    properties.add("logging.pattern.file=%level %logger %msg %kvp %mdc%n%xEx");
    properties.add("logging.threshold.file=TRACE");
    properties.add("logging.threshold.console=WARN");
    properties.add("onbehalf.debug-token.enabled=true");
    properties.add("onbehalf.pool.connection-timeout=5s");
    LOGGERS.forEach(logger -> properties.add("logging.level." + logger + "=TRACE"));
    // The stand-in for the workspace is no part of what is tested.
    properties.add("logging.level.com.sun.net.httpserver=OFF");
    return properties.toArray(String[]::new);
  }

  @Test
  void noSecretIsInLogsAnswersOrExceptions(@TempDir Path folder) throws Exception {
    Path log = folder.resolve("all.log");
    // The browser's tests leave their application open, and a second one would log as it does.
    LoggingSystem.get(getClass().getClassLoader()).cleanUp();
    try (LakebaseLocal local =
            LakebaseLocal.builder().user(ALICE).user(BOB).personWithoutRole(CAROL).start();
        DeployedPlayground playground = new DeployedPlayground(local, properties(log))) {
      String id = local.environment().get("DATABRICKS_CLIENT_ID");
      String secret = local.environment().get("DATABRICKS_CLIENT_SECRET");
      secrets.add(secret);
      secrets.add(Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(UTF_8)));
      ask(playground.request(API + "/health"), playground);
      letIn(local, ALICE, BOB);
      busyMinute(local, playground);
    }
    assertNothingLeaked("an answer", String.join("\n", answers));
    assertThat(folder).isDirectoryNotContaining(file -> !file.equals(log));
    String logged = Files.readString(log);
    assertThat(PROOF_OF_LOGGING.stream().filter(line -> !logged.contains(line)))
        .as("what was not logged, of " + logged.lines().count() + " lines")
        .isEmpty();
    assertNothingLeaked("a log line", logged);
  }

  private static void letIn(LakebaseLocal local, String... users) throws SQLException {
    try (Connection connection = local.superuser().getConnection()) {
      RoleSetup group = LakebaseRoles.ofGroup(DatabaseSetUp.GROUP);
      Stream.of(users).forEach(group::user);
      group.apply(connection);
    }
  }

  private void busyMinute(LakebaseLocal local, DeployedPlayground playground) throws Exception {
    manyRequestsAtOnce(local, playground);
    refusals(local, playground);
    local.faults().expireDatabaseCredentials();
    local.faults().cutConnections();
    ask(playground.as(ALICE, token(local, ALICE), MINE), playground);
    try (Fault refused = local.faults().refuseDatabaseCredentials()) {
      playground.bean(OnBehalfDatabase.class).revoke(ALICE);
      ask(playground.as(ALICE, token(local, ALICE), MINE), playground);
    }
    for (int status : new int[] {401, 403, 429, 500, 503}) {
      try (Fault failing = local.faults().failWorkspace(status)) {
        ask(playground.as(BOB, token(local, BOB), MINE), playground);
      }
    }
    local.faults().stopDatabase();
    ask(playground.as(BOB, token(local, BOB), MINE), playground);
    ask(playground.request(API + "/health"), playground);
    local.faults().startDatabase();
    ask(playground.as(BOB, token(local, BOB), MINE), playground);
    exceptions(local, playground.bean(OnBehalfDatabase.class));
  }

  private void manyRequestsAtOnce(LakebaseLocal local, DeployedPlayground playground)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> requests = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        String user = i % 2 == 0 ? ALICE : BOB;
        String token = token(local, user);
        requests.add(threads.submit(() -> ask(playground.as(user, token, MINE), playground)));
        requests.add(
            threads.submit(
                () ->
                    ask(
                        post(playground.as(user, token, MINE), product("of " + user)),
                        playground)));
      }
      for (Future<?> request : requests) {
        request.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void refusals(LakebaseLocal local, DeployedPlayground playground) {
    String alices = token(local, ALICE);
    String opaque = "dapi-0123456789abcdef-opaque";
    secrets.add(opaque);
    String tampered = alices.substring(0, alices.length() - 9) + "AAAAAAAAA";
    secrets.add(tampered);
    ask(playground.as(BOB, alices, MINE), playground);
    ask(playground.as(ALICE, tampered, MINE), playground);
    ask(playground.as(ALICE, opaque, MINE), playground);
    ask(playground.as(ALICE, alices + "," + opaque, MINE), playground);
    ask(playground.as(ALICE, token(local, ALICE, Duration.ofSeconds(-1)), MINE), playground);
    ask(
        playground.as(ALICE, local.databaseCredential(ALICE, Duration.ofHours(1)), MINE),
        playground);
    ask(playground.as(CAROL, token(local, CAROL), MINE), playground);
    ask(playground.as(ALICE, alices, MINE).header("X-Forwarded-Access-Token", alices), playground);
    ask(post(playground.as(ALICE, alices, MINE), "{\"name\": "), playground);
    ask(playground.as(ALICE, alices, API + "/debug-token"), playground);
    ask(playground.as(ALICE, opaque, API + "/debug-token"), playground);
    for (String none : List.of("bnVsbA.bnVsbA.bnVsbA", "bnVsbA..", "e30.e30.e30", "...")) {
      HttpResponse<String> shown =
          playground.send(playground.as(ALICE, none, API + "/debug-token"));
      assertThat(shown.statusCode()).as(shown.body()).isEqualTo(200);
    }
  }

  private void exceptions(LakebaseLocal local, OnBehalfDatabase lakebase) {
    try (Fault failing = local.faults().failWorkspace(500)) {
      note(lakebase, ALICE, token(local, ALICE));
    }
    try (Fault refusing = local.faults().refuseAccessTokens()) {
      note(lakebase, ALICE, token(local, ALICE));
    }
    try (Fault refusing = local.faults().refuseLogins("28P01", "password authentication failed")) {
      lakebase.revoke(BOB);
      note(lakebase, BOB, token(local, BOB));
    }
    note(lakebase, CAROL, token(local, CAROL));
    note(lakebase, BOB, token(local, ALICE));
  }

  private void note(OnBehalfDatabase lakebase, String user, String token) {
    ForwardedIdentity identity = new ForwardedIdentity(user, Secret.of(token));
    answers.add(identity.toString());
    try {
      lakebase.asUser(identity).getConnection().close();
      throw new AssertionError("something should have failed for " + user);
    } catch (SQLException | RuntimeException e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      answers.add(trace.toString());
    }
  }

  private void ask(HttpRequest.Builder request, DeployedPlayground playground) {
    HttpResponse<String> response = playground.send(request);
    answers.add(response.statusCode() + " " + response.headers().map() + " " + response.body());
  }

  private void assertNothingLeaked(String where, String text) {
    Matcher jwt = JWT.matcher(text);
    if (jwt.find()) {
      throw new AssertionError("A token is in " + where + ": " + line(text, jwt.start()));
    }
    for (String secret : secrets) {
      int place = text.indexOf(secret);
      if (place >= 0) {
        throw new AssertionError("A secret is in " + where + ": " + line(text, place));
      }
      String signature = secret.substring(secret.lastIndexOf('.') + 1);
      assertThat(text.contains(signature)).as("the end of a secret in " + where).isFalse();
    }
  }

  private static String line(String text, int place) {
    int start = Math.max(text.lastIndexOf('\n', place) + 1, place - 300);
    return text.substring(start, Math.min(text.length(), place + 40));
  }
}
