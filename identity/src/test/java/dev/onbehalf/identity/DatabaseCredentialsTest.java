package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.ProvedIdentities.Proved;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.pool.Secret;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A password that outlives what is known of the token that it was bought with. */
final class DatabaseCredentialsTest {
  private static final String ALICE = "alice@example.com";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final MovableClock clock = new MovableClock();
  private final List<String> exchanged = new ArrayList<>();
  private final List<String> unused = new ArrayList<>();
  private final SignOuts signOuts = new SignOuts();
  private final DatabaseCredentials credentials = credentials();

  private DatabaseCredentials credentials() {
    Platform platform =
        Platform.of(
            identity -> {
              throw new IllegalStateException("not asked here");
            },
            (user, token) -> {
              exchanged.add(token.reveal());
              return new DatabaseCredential(
                  Secret.of("password of " + token.reveal()), Instant.MAX);
            },
            () -> new DatabaseCredential(Secret.of("x"), Instant.MAX));
    DatabaseSettings settings =
        DatabaseSettings.builder()
            .variable("PGHOST", "localhost")
            .variable("PGDATABASE", "nobody_asks")
            .variable("PGUSER", "app")
            .build();
    return new DatabaseCredentials(
        platform,
        new ServicePrincipalRole(settings, platform, () -> "app"),
        signOuts,
        unused::add,
        clock,
        clock,
        threads,
        Duration.ofSeconds(10),
        Observer.NOBODY);
  }

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  private void prove(String token, long number) {
    credentials.remember(new Proved(ALICE, ALICE, Secret.of(token), signOuts.now(), number));
  }

  @Test
  void isForgottenWithTheTokenWhoeverElseComes() throws SQLException {
    prove("wide", 1);
    credentials.credential(ALICE);
    clock.advance(Duration.ofMinutes(59));
    assertThat(unused).isEmpty();
    credentials.credential(ALICE); // which is a use
    clock.advance(Duration.ofMinutes(59));
    assertThat(unused).isEmpty();
    clock.advance(Duration.ofMinutes(2));
    assertThat(unused).containsExactly(ALICE);
  }

  @Test
  void isForgottenWithTheToken() throws SQLException {
    prove("wide", 1);
    assertThat(credentials.credential(ALICE).reveal()).isEqualTo("password of wide");
    clock.advance(Duration.ofMinutes(61));
    assertThatThrownBy(() -> credentials.credential(ALICE)).isInstanceOf(SQLException.class);

    prove("narrow", 2);
    assertThat(credentials.credential(ALICE).reveal()).isEqualTo("password of narrow");
    assertThat(exchanged).containsExactly("wide", "narrow");
    assertThat(unused).containsExactly(ALICE);
  }
}
