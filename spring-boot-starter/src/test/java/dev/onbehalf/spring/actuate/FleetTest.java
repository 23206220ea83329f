package dev.onbehalf.spring.actuate;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.SignOutNotToldException;
import dev.onbehalf.servlet.Problem;
import dev.onbehalf.servlet.Problems;
import dev.onbehalf.spring.SharedLakebase;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Two applications on one database: switched on by a property, and shown. */
class FleetTest {
  private static final String[] FLEET = {
    "onbehalf.fleet.enabled=true",
    "onbehalf.fleet.max-connections=30",
    "onbehalf.pool.connection-timeout=3s"
  };

  @AfterEach
  void mend() {
    SharedLakebase.get().faults().clear();
  }

  private static OnBehalfDatabase database(WatchedApplication application) {
    return application.running().bean(OnBehalfDatabase.class);
  }

  @Test
  void aSignOutInOneIsOneInTheOtherAndBothAreSeen() {
    try (WatchedApplication one = new WatchedApplication(FLEET);
        WatchedApplication two = new WatchedApplication(FLEET)) {
      one.workAs(ALICE);
      two.workAs(ALICE);
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThat(two.json("/health/onbehalf").at("/components/database/details/fleet"))
                      .hasToString("\"2 instances; 14 of 30 connections are this one's\""));
      JsonNode fleet = two.json("/onbehalf").at("/fleet");
      assertThat(fleet.at("/instances").asInt()).isEqualTo(2);
      assertThat(fleet.at("/members")).hasSize(2);
      assertThat(fleet.at("/members/0/own").asBoolean()).isFalse();
      assertThat(fleet.at("/members/1/own").asBoolean()).isTrue();
      assertThat(fleet.at("/members/1/share").asInt()).isEqualTo(14);
      assertThat(fleet.at("/members/1/number").asString()).matches("[0-9a-f]{12}");
      MeterRegistry meters = two.running().bean(MeterRegistry.class);
      assertThat(meters.get("onbehalf.fleet.instances").gauge().value()).isEqualTo(2);
      assertThat(meters.get("onbehalf.fleet.share").gauge().value()).isEqualTo(14);
      assertThat(meters.get("onbehalf.fleet.limit").gauge().value()).isEqualTo(30);

      database(one).revoke(ALICE);
      await()
          .atMost(Duration.ofSeconds(1))
          .until(
              () ->
                  database(two).statisticsByUser().stream()
                      .noneMatch(it -> it.user().equals(ALICE) && it.total() > 0));
    }
  }

  @Test
  void whoSignsOutWhileTheDatabaseIsAwayIsToldToComeAgain() {
    try (WatchedApplication one = new WatchedApplication(FLEET)) {
      one.workAs(ALICE);
      SharedLakebase.get().faults().stopDatabase();
      Throwable failure = catchThrowable(() -> database(one).revoke(ALICE));
      assertThat(failure).isInstanceOf(SignOutNotToldException.class);
      Problem problem =
          new Problems(database(one).platform(), null, null).of(failure).orElseThrow();
      assertThat(problem.status()).isEqualTo(503);
      assertThat(problem.type()).hasToString("urn:onbehalf:problem:sign-out-not-told");
      assertThat(one.running().send(one.running().as(ALICE, "/who")).body())
          .contains("urn:onbehalf:problem:fleet-unreachable");
    }
  }
}
