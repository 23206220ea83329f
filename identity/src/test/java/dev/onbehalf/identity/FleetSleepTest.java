package dev.onbehalf.identity;

import static dev.onbehalf.identity.TestPlatform.whoIs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A compute that scales to zero is not kept awake, and wakes up for whoever comes. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FleetSleepTest {
  private static final String ALICE = "alice@example.com";
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void itSleepsUntilSomebodyComesWhoWaitsForTheWakeUpOnly() throws Exception {
    try (LakebaseLocal local = LakebaseLocal.builder().user(ALICE).start()) {
      Map<String, String> environment = new HashMap<>(local.environment());
      try (Wire wire = new Wire(Integer.parseInt(environment.getOrDefault("PGPORT", "")))) {
        environment.put("PGPORT", Integer.toString(wire.port()));
        environment.put("PGUSER", local.servicePrincipal());
        Platform platform =
            Platform.of(
                identity -> new IdentityVerifier.Proof(identity.address(), Instant.MAX),
                (user, token) -> credential(local, user),
                () -> credential(local, local.servicePrincipal()));
        DatabaseSettings settings =
            DatabaseSettings.builder()
                .environment(environment)
                .fleetMaxConnections(20)
                .connectionTimeout(Duration.ofSeconds(10))
                .build();
        try (OnBehalfDatabase database = OnBehalfDatabase.of(settings, platform)) {
          ForwardedIdentity alice = new ForwardedIdentity(ALICE, Secret.of("token"));
          assertThat(whoIs(database.asUser(alice))).isEqualTo(ALICE);
          local.faults().suspendDatabase(Duration.ofMillis(300));
          await().until(() -> database.fleetStatus().orElseThrow().instances() == 0);
          int connections = wire.strands.size();
          await().during(Duration.ofMillis(700)).until(() -> wire.strands.size() == connections);
          long before = System.nanoTime();
          assertThat(whoIs(database.asUser(alice))).as("in the first try").isEqualTo(ALICE);
          System.out.printf(
              "woken up and served after %s%n", Duration.ofNanos(System.nanoTime() - before));
          assertThat(database.statistics().failedLogins()).isZero();
        }
      }
    }
  }

  private static DatabaseCredential credential(LakebaseLocal local, String role) {
    return new DatabaseCredential(
        Secret.of(local.databaseCredential(role, HOUR)), Instant.now().plus(HOUR));
  }
}
