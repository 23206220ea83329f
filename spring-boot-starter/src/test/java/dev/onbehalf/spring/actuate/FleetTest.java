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
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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
      assertThat(two.json("/onbehalf").at("/fleet/instances").asInt()).isEqualTo(2);

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
