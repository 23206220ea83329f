package dev.onbehalf.spring.actuate;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.CAROL;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.lakebaselocal.Faults.Fault;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.TestApplication;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** All that the Actuator answers, after success and failure of each kind, holds no secret. */
class ActuatorSecretsTest {
  private static final Pattern JWT = Pattern.compile("eyJ[\\w-]{8,}");
  private static final List<String> PATHS =
      List.of(
          "/health",
          "/onbehalf",
          "/env",
          "/env/DATABRICKS_CLIENT_SECRET",
          "/configprops",
          "/prometheus",
          "/beans",
          "/conditions",
          "/mappings",
          "/loggers",
          "/info",
          "/metrics",
          "/threaddump");

  private final List<String> secrets = new ArrayList<>();
  private final Map<String, String> answers = new TreeMap<>();

  private String token(String user, Duration lifetime) {
    String token = SharedLakebase.get().accessToken(user, lifetime);
    secrets.add(token);
    secrets.add(token.substring(token.lastIndexOf('.') + 1));
    return token;
  }

  private String token(String user) {
    return token(user, Duration.ofHours(1));
  }

  @Test
  void noAnswerOfTheActuatorHoldsASecret() {
    LakebaseLocal local = SharedLakebase.get();
    String id = local.environment().get("DATABRICKS_CLIENT_ID");
    String secret = local.environment().get("DATABRICKS_CLIENT_SECRET");
    secrets.add(secret);
    secrets.add("hush-hush-0123");
    secrets.add("shush-shush-4567");
    secrets.add(Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(UTF_8)));
    // An application that tells all it may: by default Boot shows no value at all.
    try (WatchedApplication application =
        new WatchedApplication(
            "management.endpoint.env.show-values=always",
            "management.endpoint.configprops.show-values=always",
            "onbehalf.token-exchange.client-secret=hush-hush-0123",
            "onbehalf.tracing.hash-key=shush-shush-4567",
            "onbehalf.actuator.mask-addresses=false")) {
      work(application.running());
      askAll(application, "");
      try (Fault down = local.faults().failWorkspace(500)) {
        askAll(application, " while the workspace is down");
      }
      local.faults().stopDatabase();
      askAll(application, " while the database is down");
    } finally {
      local.faults().clear();
    }
    assertThat(answers.get("/prometheus")).contains("onbehalf_exchange");
    assertThat(answers.get("/env")).contains("DATABRICKS_CLIENT_SECRET").contains(id);
    assertThat(answers.get("/onbehalf")).contains(ALICE);
    answers.forEach(this::assertNothingLeaked);
  }

  private void work(TestApplication application) {
    String alices = token(ALICE);
    application.send(application.as(ALICE, alices, "/who"));
    application.send(application.as(BOB, token(BOB), "/who"));
    application.send(application.as(BOB, alices, "/who"));
    application.send(application.as(CAROL, token(CAROL), "/who"));
    application.send(application.as(ALICE, token(ALICE, Duration.ofSeconds(-5)), "/who"));
    String credential = SharedLakebase.get().databaseCredential(ALICE, Duration.ofHours(1));
    secrets.add(credential);
    application.send(application.as(ALICE, credential, "/who"));
    // a token where an operator may look for it later: in a path that the metrics count
    application.send(application.as(ALICE, alices, "/nothing/here"));
  }

  private void askAll(WatchedApplication application, String when) {
    for (String path : PATHS) {
      ask(application, path, when);
    }
    JsonNode names = application.json("/metrics").get("names");
    assertThat(names).hasSizeGreaterThan(20);
    names.forEach(name -> ask(application, "/metrics/" + name.asString(), when));
  }

  private void ask(WatchedApplication application, String path, String when) {
    HttpResponse<String> response = application.actuator(path);
    assertThat(response.statusCode()).as(path + when).isIn(200, 503);
    answers.put(path + when, response.headers().map() + response.body());
  }

  private void assertNothingLeaked(String path, String answer) {
    assertThat(JWT.matcher(answer).find()).as("a token in " + path).isFalse();
    for (String secret : secrets) {
      assertThat(answer.contains(secret)).as("a secret in " + path).isFalse();
    }
  }
}
