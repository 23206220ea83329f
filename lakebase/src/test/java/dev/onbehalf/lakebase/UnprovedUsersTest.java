package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.IdentityVerifier.Proof;
import dev.onbehalf.identity.MovableClock;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.TestPlatform;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.Secret;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Who is not proved costs nothing: no pool, no connection, no lasting memory, nobody's place. */
class UnprovedUsersTest {
  private static final int REQUESTS = 100_000;
  private static final long MEBIBYTE = 1 << 20;
  private static final String ALICE = "alice@example.com";
  private static final String SPRAWLING = "x".repeat(64);

  private final MovableClock clock = new MovableClock();

  /** Knows Alice's token. Of the others, some are nobody's, some Mallory's, some no role's. */
  private static Proof prove(ForwardedIdentity identity) {
    String token = identity.accessToken().reveal();
    if (!token.startsWith("made-up")) {
      return new Proof(ALICE, Instant.MAX);
    }
    return switch (token.charAt(token.length() - 1) % 3) {
      case 0 -> throw new IdentityException(Reason.TOKEN_REFUSED, "Nobody's.");
      case 1 -> new Proof("mallory@example.com", Instant.MAX);
      default -> new Proof(SPRAWLING, Instant.MAX);
    };
  }

  private static ForwardedIdentity madeUp(int number) {
    return new ForwardedIdentity(
        "ghost-%s@example.com".formatted(number),
        Secret.of("%s-%s".formatted("made-up".repeat(100), number)));
  }

  private static long liveHeap() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      memory.gc();
      least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  @Test
  void aHundredThousandMadeUpAddressesLeaveNothingBehindAndEvictNobody() throws SQLException {
    try (LakebaseLocal local = LakebaseLocal.builder().user(ALICE).start();
        OnBehalfDatabase lakebase =
            TestDatabase.of(
                TestDatabase.builder()
                    .environment(local.environment())
                    .identityVerifier(UnprovedUsersTest::prove)
                    .with(it -> it.idleTimeout(Duration.ofMinutes(10)))
                    .with(it -> it.maxConnections(1))
                    .build(),
                clock)) {
      ForwardedIdentity alice =
          new ForwardedIdentity(ALICE, Secret.of(local.accessToken(ALICE, Duration.ofHours(1))));
      lakebase.asUser(alice).getConnection().close();
      for (int i = 0; i < 1_000; i++) {
        assertRefused(lakebase, -i);
      }
      PoolStatistics before = lakebase.statistics();
      long heapBefore = liveHeap();

      for (int i = 0; i < REQUESTS; i++) {
        assertRefused(lakebase, i);
      }

      assertThat(lakebase.statistics()).as("pools, connections, evictions").isEqualTo(before);
      long grown = liveHeap() - heapBefore;
      System.out.printf("%,d kept, live heap %+,d bytes%n", TestPlatform.proofs(lakebase), grown);
      assertThat(grown).as("bytes of a bounded cache").isLessThan(16 * MEBIBYTE);
      assertThat(TestPlatform.proofs(lakebase))
          .as("proofs and refusals")
          .isLessThanOrEqualTo(40_000);
      clock.advance(Duration.ofMinutes(6));
      await("the end of proofs and refusals")
          .until(() -> TestPlatform.proofs(lakebase) == 0); // in batches
      long left = liveHeap() - heapBefore;
      System.out.printf("none kept, live heap %+,d bytes%n", left);
      assertThat(left).as("bytes left").isLessThan(4 * MEBIBYTE);

      try (Connection warm = lakebase.asUser(alice).getConnection()) {
        assertThat(warm.isValid(5)).isTrue();
      }
      assertThat(lakebase.statistics().logins()).isEqualTo(before.logins());
    }
  }

  private static void assertRefused(OnBehalfDatabase lakebase, int number) {
    ForwardedIdentity identity = madeUp(number);
    assertThatThrownBy(() -> lakebase.asUser(identity)).isInstanceOf(IdentityException.class);
  }
}
