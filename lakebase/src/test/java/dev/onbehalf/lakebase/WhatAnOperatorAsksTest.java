package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.IssuerUnavailableException.Reason;
import dev.onbehalf.identity.MovableClock;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.Faults.Fault;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolStatistics;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whether the workspace is there, and who holds what. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WhatAnOperatorAsksTest {
  private static final String ALICE = "alice@example.com";
  private static final String ME = "/api/2.0/preview/scim/v2/Me";

  private static LakebaseLocal local;
  private final MovableClock clock = new MovableClock();
  private OnBehalfDatabase lakebase;

  @BeforeAll
  static void startLocal() {
    local = LakebaseLocal.builder().user(ALICE).passwordRole("app_owner", "hunter2").start();
  }

  @AfterAll
  static void stopLocal() {
    local.close();
  }

  @BeforeEach
  void open() {
    lakebase = TestDatabase.of(settings().build(), clock);
    local.calls().reset();
  }

  @AfterEach
  void close() {
    lakebase.close();
    local.faults().clear();
  }

  private static TestDatabase.Builder settings() {
    return TestDatabase.builder()
        .environment(local.environment())
        .connectionTimeout(Duration.ofSeconds(20));
  }

  @Test
  void aWorkspaceCostsOneCallInThreeSecondsHoweverOftenItIsAskedAbout() {
    for (int i = 0; i < 1_000; i++) {
      lakebase.checkPlatform();
    }
    assertThat(local.calls().to(ME)).isEqualTo(1);
    clock.advance(Duration.ofSeconds(3));
    try (Fault failing = local.faults().failWorkspace(500)) {
      for (int i = 0; i < 1_000; i++) {
        assertThatThrownBy(lakebase::checkPlatform).isInstanceOf(IssuerUnavailableException.class);
      }
    }
    assertThat(local.calls().to(ME)).isEqualTo(2);
    assertThat(lakebase.statistics().total()).isZero();
  }

  @Test
  void whoAsksAtTheSameTimeSharesTheCall() {
    lakebase.checkPlatform(); // pays for the discovery
    local.calls().reset();
    clock.advance(Duration.ofSeconds(3));
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Fault slow = local.faults().delayWorkspace(Duration.ofMillis(500))) {
      CompletableFuture.allOf(
              Stream.generate(() -> CompletableFuture.runAsync(lakebase::checkPlatform, threads))
                  .limit(8)
                  .toArray(CompletableFuture[]::new))
          .join();
    } finally {
      threads.shutdownNow();
    }
    assertThat(local.calls().to(ME)).isEqualTo(1);
  }

  @Test
  void aWorkspaceThatHangsIsUnavailableWithinTheConnectionTimeoutAndAtOnceAfterwards() {
    TestDatabase.Settings hurried = settings().connectionTimeout(Duration.ofSeconds(1)).build();
    long before = System.nanoTime();
    try (OnBehalfDatabase impatient = TestDatabase.of(hurried);
        Fault hanging = local.faults().delayWorkspace(Duration.ofSeconds(60))) {
      for (int i = 0; i < 1_000; i++) {
        assertThatThrownBy(impatient::checkPlatform).isInstanceOf(IssuerUnavailableException.class);
      }
    }
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void aServicePrincipalThatIsRefusedIsSaidToBe() {
    try (Fault refusing = local.faults().refuseAccessTokens()) {
      assertThatThrownBy(lakebase::checkPlatform)
          .isInstanceOfSatisfying(
              IssuerUnavailableException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.SERVICE_PRINCIPAL_REFUSED));
    }
  }

  @Test
  void aServicePrincipalWithoutAClientIsNotNeededForIt() {
    TestDatabase.Builder builder =
        settings()
            .variable("DATABRICKS_CLIENT_ID", null)
            .variable("DATABRICKS_CLIENT_SECRET", null)
            .variable("PGUSER", "app_owner")
            .variable("PGPASSWORD", "hunter2");
    try (OnBehalfDatabase withPassword = TestDatabase.of(builder.build())) {
      withPassword.checkPlatform();
    }
    try (OnBehalfDatabase withPassword = TestDatabase.of(builder.build())) {
      try (Fault failing = local.faults().failWorkspace(500)) {
        assertThatThrownBy(withPassword::checkPlatform)
            .isInstanceOf(IssuerUnavailableException.class);
      }
    }
  }

  @Test
  void whoHoldsWhatIsToldByUser() throws SQLException {
    assertThat(lakebase.statisticsByUser()).isEmpty();
    ForwardedIdentity alice =
        new ForwardedIdentity(ALICE, Secret.of(local.accessToken(ALICE, Duration.ofHours(1))));
    lakebase.servicePrincipal().getConnection().close();
    try (Connection connection = lakebase.asUser(alice).getConnection()) {
      assertThat(connection.isClosed()).isFalse();
      assertThat(lakebase.statisticsByUser())
          .extracting(UserPoolStatistics::user, UserPoolStatistics::inUse, UserPoolStatistics::idle)
          .containsExactlyInAnyOrder(
              tuple(ALICE, 1, 0), tuple(lakebase.servicePrincipalRole(), 0, 1));
    }
  }
}
