package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.IdentityVerifier.Proof;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.MovableClock;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.TestPlatform;
import dev.onbehalf.lakebaselocal.Faults.Fault;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Strangers with made-up tokens keep nobody from signing in, however many they are. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SignInFloodTest {
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";
  private static final String CAROL = "carol@example.com";
  private static final String DAVE = "dave@example.com";
  private static final String ME = "/api/2.0/preview/scim/v2/Me";
  private static final String CREDENTIALS = "/api/2.0/postgres/credentials";

  /** What a look-up takes; and what it may take, this machine being as slow as it likes. */
  private static final Duration SLOW = Duration.ofMillis(600);

  private static final Duration SOON = Duration.ofSeconds(5);

  private static LakebaseLocal local;
  private final MovableClock clock = new MovableClock();
  private OnBehalfDatabase lakebase;

  @BeforeAll
  static void start() {
    local = LakebaseLocal.builder().user(ALICE).user(BOB).user(CAROL).user(DAVE).start();
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  @BeforeEach
  void open() {
    lakebase = TestDatabase.of(TestDatabase.settings(local.environment()), clock);
    lakebase.checkPlatform(); // pays for the discovery
  }

  @AfterEach
  void close() {
    lakebase.close();
    local.faults().clear();
  }

  private static ForwardedIdentity person(String address) {
    return new ForwardedIdentity(
        address, Secret.of(local.accessToken(address, Duration.ofHours(2))));
  }

  private static ForwardedIdentity madeUp(String address, int number) {
    return new ForwardedIdentity(address, Secret.of("made-up-" + number));
  }

  private Flood floodOfStrangers(int perSecond) {
    return new Flood(
        perSecond, i -> lakebase.asUser(madeUp("ghost-%s@example.com".formatted(i), i)));
  }

  private void assertSoon(Runnable work) {
    long before = System.nanoTime();
    work.run();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(SOON);
  }

  /** As a browser does that is told to try again: how often it takes. */
  private int triesUntilSignedIn(ForwardedIdentity newcomer) {
    AtomicInteger tries = new AtomicInteger();
    await()
        .pollInSameThread()
        .pollInterval(Duration.ofSeconds(1))
        .atMost(Duration.ofSeconds(40))
        .until(
            () -> {
              tries.incrementAndGet();
              try {
                return lakebase.asUser(newcomer) != null;
              } catch (IdentityException e) {
                assertThat(e.reason()).isEqualTo(Reason.BUSY);
                return false;
              }
            });
    return tries.get();
  }

  @ParameterizedTest
  @ValueSource(ints = {26, 200})
  void strangersKeepNobodyWaitingWhomTheWorkspaceKnowsAndNewcomersGetInWhenTheyComeAgain(
      int perSecond) {
    ForwardedIdentity alice = person(ALICE);
    lakebase.asUser(alice);
    lakebase.asUser(person(BOB));
    local.calls().reset();
    long before = System.nanoTime();
    try (Fault slow = local.faults().delayWorkspace(SLOW);
        Flood flood = floodOfStrangers(perSecond)) {
      await().atMost(Duration.ofSeconds(30)).until(() -> flood.sent() > 100);
      assertSoon(() -> lakebase.asUser(alice)); // costs nothing
      clock.advance(Duration.ofMinutes(6));
      assertSoon(() -> lakebase.asUser(alice)); // a renewal
      assertSoon(() -> lakebase.asUser(person(BOB))); // a new token of somebody known
      assertSoon(lakebase::checkPlatform);
      assertThat(triesUntilSignedIn(person(CAROL))).as("tries of a newcomer").isLessThan(4);

      assertThat(flood.mostWaiting()).as("callers who wait").isLessThan(200);
      long rounds = 1 + (System.nanoTime() - before) / SLOW.toNanos();
      assertThat(local.calls().to(ME)).as("calls").isLessThan((int) (4 * (1 + rounds) + 10));
      assertThat(local.calls().to(CREDENTIALS)).as("exchanges").isZero();
    }
    local.calls().reset();
    assertSoon(() -> lakebase.asUser(person(DAVE)));
    assertThat(local.calls().to(ME)).as("who waited has gone").isLessThan(10);
  }

  @Test
  void whoeverNamesAKnownAddressKeepsNoOtherWaitingAndThatPersonsTokenIsRenewedAllTheSame() {
    ForwardedIdentity alice = person(ALICE);
    lakebase.asUser(alice);
    lakebase.asUser(person(BOB));
    try (Fault slow = local.faults().delayWorkspace(SLOW);
        Flood flood = new Flood(100, i -> lakebase.asUser(madeUp(ALICE, i)))) {
      await().atMost(Duration.ofSeconds(30)).until(() -> flood.sent() > 100);
      assertSoon(() -> lakebase.asUser(alice)); // costs nothing
      clock.advance(Duration.ofMinutes(6));
      assertSoon(() -> lakebase.asUser(alice)); // a renewal
      assertSoon(() -> lakebase.asUser(person(BOB))); // a new token of somebody else
      assertThat(triesUntilSignedIn(person(CAROL))).as("tries of a newcomer").isEqualTo(1);
      assertThat(triesUntilSignedIn(person(ALICE))).as("tries with a new token").isLessThan(4);
    }
  }

  @Test
  void aBadTokenCostsOneCall() {
    local.calls().reset();
    for (int i = 0; i < 50; i++) {
      ForwardedIdentity bad = madeUp(ALICE, i);
      assertThatThrownBy(() -> lakebase.asUser(bad)).isInstanceOf(IdentityException.class);
      assertThatThrownBy(() -> lakebase.asUser(bad)).isInstanceOf(IdentityException.class);
    }
    assertThat(local.calls().byPath()).isEqualTo(Map.of(ME, 50));
  }

  @Test
  void aTokenThatHasEndedByItsOwnWordCostsNoCall() {
    ForwardedIdentity ended =
        new ForwardedIdentity(ALICE, Secret.of(local.accessToken(ALICE, Duration.ofMinutes(-2))));
    local.calls().reset();
    assertThatThrownBy(() -> lakebase.asUser(ended))
        .isInstanceOfSatisfying(
            IdentityException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOKEN_REFUSED));
    assertThat(local.calls().total()).isZero();
  }

  @Test
  void whatEverybodyHasGivenUpWaitingForIsNotAskedAnyMore() {
    TestDatabase.Settings hurried =
        TestDatabase.builder()
            .environment(local.environment())
            .connectionTimeout(Duration.ofMillis(500))
            .build();
    try (OnBehalfDatabase impatient = TestDatabase.of(hurried);
        Fault slow = local.faults().delayWorkspace(Duration.ofSeconds(3))) {
      local.calls().reset();
      AtomicInteger givenUp = new AtomicInteger();
      try (Flood flood =
          new Flood(
              200,
              i -> {
                if (i > 40) {
                  return;
                }
                assertThatThrownBy(
                        () -> impatient.asUser(madeUp("ghost-%s@example.com".formatted(i), i)))
                    .isInstanceOf(IssuerUnavailableException.class);
                givenUp.incrementAndGet();
              })) {
        await().until(() -> givenUp.get() == 40);
      }
      local.faults().clear();
      await().until(() -> TestPlatform.proofs(impatient) == 0); // those that had begun are over
      assertThatThrownBy(() -> impatient.asUser(madeUp("ghost@example.com", 0)))
          .isInstanceOf(IdentityException.class);
      assertThat(local.calls().to(ME)).as("of forty look-ups, those that had begun").isLessThan(12);
    }
  }

  @Test
  void refusalsDriveOutNoProofs() {
    AtomicInteger proofs = new AtomicInteger();
    IdentityVerifier verifier =
        identity -> {
          if (identity.accessToken().reveal().startsWith("made-up")) {
            throw new IdentityException(Reason.TOKEN_REFUSED, "Nobody's.");
          }
          proofs.incrementAndGet();
          return new Proof(identity.address(), Instant.MAX);
        };
    TestDatabase.Settings settings =
        TestDatabase.builder().environment(local.environment()).identityVerifier(verifier).build();
    int people = 2_000;
    try (OnBehalfDatabase offline = TestDatabase.of(settings, clock)) {
      for (int i = 0; i < people; i++) {
        offline.asUser(good(i));
      }
      for (int i = 0; i < 40_000; i++) {
        ForwardedIdentity bad = madeUp("ghost@example.com", i);
        assertThatThrownBy(() -> offline.asUser(bad)).isInstanceOf(IdentityException.class);
      }
      for (int i = 0; i < people; i++) {
        offline.asUser(good(i));
      }
      assertThat(proofs).as("proofs, one a person").hasValue(people);
    }
  }

  private static ForwardedIdentity good(int number) {
    return new ForwardedIdentity(
        "person-%s@example.com".formatted(number), Secret.of("good-" + number));
  }
}
