package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.IdentityVerifier.Proof;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.Faults.Fault;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who has signed out has to prove themselves anew, whatever was under way at that moment. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SignOutTest {
  private static final String ALICE = "alice@example.com";
  private static final String ME = "/api/2.0/preview/scim/v2/Me";
  private static final String CREDENTIALS = "/api/2.0/postgres/credentials";

  private static LakebaseLocal local;

  @BeforeAll
  static void start() {
    local = LakebaseLocal.builder().user(ALICE).start();
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  private static TestDatabase.Builder settings() {
    return TestDatabase.builder().environment(local.environment());
  }

  private static ForwardedIdentity alice() {
    return new ForwardedIdentity(ALICE, Secret.of(local.accessToken(ALICE, Duration.ofHours(1))));
  }

  /** A verifier that can be held while it verifies. */
  private static final class HeldVerifier implements IdentityVerifier {
    final AtomicInteger asked = new AtomicInteger();
    final CountDownLatch go = new CountDownLatch(1);

    @Override
    public Proof verify(ForwardedIdentity identity) {
      asked.incrementAndGet();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return new Proof(ALICE, Instant.MAX);
    }
  }

  private static CompletableFuture<UserPool> beginToProve(
      OnBehalfDatabase lakebase, ForwardedIdentity identity, HeldVerifier verifier) {
    CompletableFuture<UserPool> underWay =
        CompletableFuture.supplyAsync(() -> lakebase.asUser(identity));
    await().until(() -> verifier.asked.get() == 1);
    return underWay;
  }

  @Test
  void aProofThatWasUnderWayAtSignOutIsMadeAgainBeforeAnythingIsRemembered() {
    HeldVerifier verifier = new HeldVerifier();
    ForwardedIdentity alice = alice();
    try (OnBehalfDatabase lakebase =
        TestDatabase.of(settings().identityVerifier(verifier).build())) {
      CompletableFuture<UserPool> underWay = beginToProve(lakebase, alice, verifier);
      lakebase.revoke(ALICE);
      verifier.go.countDown();

      assertThat(underWay.join().user()).isEqualTo(ALICE);
      assertThat(verifier.asked).as("proofs").hasValue(2);
      lakebase.asUser(alice);
      assertThat(verifier.asked).as("the second proof is kept").hasValue(2);
    }
  }

  @Test
  void whoeverElseSignsOutMakesNobodyProveThemselvesAgain() {
    HeldVerifier verifier = new HeldVerifier();
    ForwardedIdentity alice = alice();
    try (OnBehalfDatabase lakebase =
        TestDatabase.of(settings().identityVerifier(verifier).build())) {
      CompletableFuture<UserPool> underWay = beginToProve(lakebase, alice, verifier);
      for (int i = 0; i < 10; i++) {
        lakebase.revoke("mallory-" + i + "@example.com");
      }
      verifier.go.countDown();

      assertThat(underWay.join().user()).isEqualTo(ALICE);
      assertThat(verifier.asked).as("proofs").hasValue(1);
    }
  }

  @Test
  void whoeverComesAfterASignOutIsProvedAfterItHoweverBusyTheirTokenIs() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    ForwardedIdentity alice = alice();
    IdentityVerifier counting =
        identity -> {
          asked.incrementAndGet();
          return new Proof(ALICE, Instant.MAX);
        };
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (OnBehalfDatabase lakebase =
        TestDatabase.of(settings().identityVerifier(counting).build())) {
      List<Future<?>> busy = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        busy.add(
            threads.submit(
                () -> {
                  while (!over.get()) {
                    lakebase.asUser(alice);
                  }
                }));
      }
      for (int i = 0; i < 2_000; i++) {
        int before = asked.get();
        lakebase.revoke(ALICE);
        lakebase.asUser(alice);
        assertThat(asked.get()).as("proofs, round %d", i).isGreaterThan(before);
      }
      over.set(true);
      for (Future<?> thread : busy) {
        thread.get();
      }
      UserPool pool = lakebase.asUser(alice);
      pool.getConnection().close();
      lakebase.revoke(ALICE);
      assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
    } finally {
      over.set(true);
      threads.shutdownNow();
    }
  }

  @Test
  void aCredentialThatALoginWaitsForAtSignOutIsNotKeptAndOpensNothing() throws SQLException {
    ForwardedIdentity alice = alice();
    IdentityVerifier offline = identity -> new Proof(ALICE, Instant.MAX);
    try (OnBehalfDatabase lakebase =
        TestDatabase.of(settings().identityVerifier(offline).build())) {
      local.calls().reset();
      UserPool pool = lakebase.asUser(alice);
      CompletableFuture<Void> login;
      try (Fault slow = local.faults().delayWorkspace(Duration.ofSeconds(1))) {
        login =
            CompletableFuture.runAsync(
                () -> {
                  assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
                });
        await().until(() -> local.calls().to(CREDENTIALS) == 1);
        lakebase.revoke(ALICE);
      }
      login.join();
      await().until(() -> lakebase.statistics().total() == 0);
      lakebase.asUser(alice).getConnection().close();
      assertThat(local.calls().to(CREDENTIALS)).as("exchanges").isEqualTo(2);
    }
  }

  @Test
  void afterSignOutNothingIsLeftButAHandleThatOpensNothing() throws SQLException {
    ForwardedIdentity alice = alice();
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings().build())) {
      UserPool pool = lakebase.asUser(alice);
      Connection inUse = pool.getConnection();
      pool.getConnection().close();
      lakebase.revoke(ALICE);
      await().until(() -> lakebase.statistics().total() == 1);
      inUse.close();
      await().until(() -> lakebase.statistics().total() == 0);
      assertThatThrownBy(pool::getConnection)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("No access token of " + ALICE)
          .hasRootCauseInstanceOf(IdentityException.class);
    }
  }

  @Test
  void theServicePrincipalCannotBeSignedOut() {
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings().build())) {
      assertThatThrownBy(() -> lakebase.revoke(local.servicePrincipal()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aTokenWithAnothersAddressIsNotExchanged() throws SQLException {
    ForwardedIdentity proper = alice();
    ForwardedIdentity forged = new ForwardedIdentity("bob@example.com", proper.accessToken());
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings().build())) {
      local.calls().reset();
      assertThatThrownBy(() -> lakebase.asUser(forged)).isInstanceOf(IdentityException.class);
      assertThat(lakebase.statistics().users()).isZero();

      lakebase.asUser(proper).getConnection().close();
      assertThat(local.calls().to(ME)).as("the proof was kept").isEqualTo(1);
      assertThat(local.calls().to(CREDENTIALS)).isEqualTo(1);
    }
  }
}
