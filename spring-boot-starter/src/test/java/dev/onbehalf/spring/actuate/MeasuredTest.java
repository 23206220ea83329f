package dev.onbehalf.spring.actuate;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.CAROL;
import static dev.onbehalf.spring.SharedLakebase.token;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.Faults.Fault;
import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.TestApplication;
import dev.onbehalf.spring.actuate.WatchedApplication.Heard;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What takes time is counted, timed and, for a tracer, put under the request that asked for it. */
class MeasuredTest {
  private static WatchedApplication application;
  private static TestApplication running;
  private static MeterRegistry meters;

  @BeforeAll
  static void start() {
    application = new WatchedApplication();
    running = application.running();
    meters = running.bean(MeterRegistry.class);
  }

  @AfterAll
  static void stop() {
    application.close();
  }

  @AfterEach
  void mend() {
    SharedLakebase.get().faults().clear();
  }

  private static long count(String operation, String outcome) {
    return meters.find("onbehalf." + operation).tag("outcome", outcome).timers().stream()
        .mapToLong(Timer::count)
        .sum();
  }

  private static void askAs(String address, String token) {
    running.send(running.as(address, token, "/who"));
  }

  @Test
  void aFirstRequestIsTracedDownToTheExchange() {
    Heard heard = running.bean(Heard.class);
    running.bean(OnBehalfDatabase.class).revoke(ALICE);
    heard.all().clear();
    application.workAs(ALICE);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(heard.all())
                    .contains(
                        "onbehalf.proof of http.server.requests",
                        "onbehalf.exchange of onbehalf.credential",
                        "onbehalf.credential of onbehalf.acquire",
                        "onbehalf.acquire of http.server.requests",
                        "onbehalf.login of onbehalf.acquire",
                        "http.server.requests of nothing"));
  }

  @Test
  void aRequestWithAProofAndAConnectionAtHandIsOnlyCounted() {
    String token = token(BOB);
    askAs(BOB, token);
    Heard heard = running.bean(Heard.class);
    heard.all().clear();
    double acquired = meters.get("onbehalf.pool.acquired").functionCounter().count();
    askAs(BOB, token);
    // A request's own comes after its answer: the first one's may be among them.
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> assertThat(heard.all()).containsOnly("http.server.requests of nothing"));
    assertThat(meters.get("onbehalf.pool.acquired").functionCounter().count())
        .isGreaterThan(acquired);
  }

  @Test
  void outcomesAreToldApart() {
    String alices = token(ALICE);
    askAs(ALICE, alices);
    assertThat(count("proof", "success")).isPositive();
    assertThat(count("exchange", "success")).isPositive();

    long refused = count("proof", "refused");
    askAs(ALICE, SharedLakebase.get().accessToken(ALICE, Duration.ofSeconds(-5)));
    assertThat(count("proof", "refused")).isEqualTo(refused + 1);

    long unavailable = count("proof", "unavailable");
    try (Fault failing = SharedLakebase.get().faults().failWorkspace(500)) {
      askAs(ALICE, token(ALICE));
    }
    assertThat(count("proof", "unavailable")).isEqualTo(unavailable + 1);

    askAs(CAROL, token(CAROL));
    assertThat(count("login", "refused")).isPositive();
    assertThat(meters.find("onbehalf.login").tag("outcome", "refused").timers())
        .extracting(timer -> timer.getId().getTag("error"))
        .isNotEmpty()
        .allMatch(error -> error.endsWith("Exception"));
    assertThat(count("acquire", "refused")).isPositive();
  }

  @Test
  void noMeterIsAboutOnePerson() {
    application.workAs(ALICE);
    assertThat(meters.getMeters())
        .flatExtracting(meter -> meter.getId().getTags())
        .extracting(Tag::getValue)
        .noneMatch(value -> value.contains("@"));
    assertThat(application.actuator("/prometheus").body())
        .contains("onbehalf_pool_connections")
        .contains("onbehalf_pool_acquire_seconds_count")
        .contains("onbehalf_pool_usage_seconds_count")
        .contains("jdbc_connections_max{name=\"dataSource\"} 50.0")
        .contains("onbehalf_proof_seconds_count")
        .doesNotContain("@");
  }

  @Test
  void thePageOnOperationsHasEachMeter() throws IOException {
    running.bean(OnBehalfDatabase.class).revoke(ALICE);
    application.workAs(ALICE); // meters of logins are there from the first one on
    String page = Files.readString(Path.of("../docs/operations.md"));
    String section = page.substring(page.indexOf("## Meters"), page.indexOf("## Traces"));
    assertThat(
            Pattern.compile("`(onbehalf\\.[a-z.]+)[{`]")
                .matcher(section)
                .results()
                .map(found -> found.group(1))
                .filter(name -> !name.startsWith("onbehalf.fleet.")) // FleetTest has those
                .collect(toSet()))
        .isEqualTo(
            meters.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .filter(name -> name.startsWith("onbehalf.") && !name.endsWith(".active"))
                .collect(toSet()));
  }
}
