package dev.onbehalf.pool.internal.deciding;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pools that want all they may have, on a server that bears less. */
final class ServerLimitTest {
  private static final long STEP = Duration.ofMillis(5).toNanos();
  private final SQLException full = new SQLException("too many clients already", "53300");

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private long now;

  /** A pool whose users each need a login of their own, so many in a hundred steps. */
  private final class Pool {
    private final ServerLimit limit;
    private final int churn;
    private int open;
    private int refusals;
    private int givenBack;
    private long held;

    Pool(int budget, int churn) {
      this.limit = new ServerLimit(budget);
      this.churn = churn;
    }

    void step(List<Pool> all, int bears) {
      limit.tryMore(now);
      int excess = Math.max(0, open - limit.limit());
      open -= excess;
      givenBack += excess;
      if (open > 0 && random.nextInt(100) < churn) {
        open--; // evicted, and the next step's login takes its place, if it is quick enough
      } else if (open < limit.limit() && !limit.isPaused(now)) {
        logIn(all, bears);
      }
      held += open;
    }

    private void logIn(List<Pool> all, int bears) {
      if (all.stream().mapToInt(it -> it.open).sum() < bears) {
        open++;
        limit.accepted(open);
      } else {
        refusals++;
        limit.refused(full, open, 1, now);
      }
    }
  }

  private void run(List<Pool> pools, int bears, Duration time) {
    List<Pool> turns = new ArrayList<>(pools);
    for (long end = now + time.toNanos(); now < end; now += STEP) {
      Collections.shuffle(turns, random);
      turns.forEach(it -> it.step(pools, bears));
    }
  }

  /** A server that is simply small is no reason to ask it again and again. */
  @ParameterizedTest
  @CsvSource({"50,9", "50,40", "200,40", "200,100"})
  void alone_it_is_refused_a_few_times_a_minute_and_keeps_nearly_all(int budget, int bears) {
    Pool pool = new Pool(budget, 0);
    run(List.of(pool), bears, Duration.ofMinutes(2));
    pool.refusals = 0;
    pool.givenBack = 0;
    pool.held = 0;
    Duration counted = Duration.ofMinutes(10);
    run(List.of(pool), bears, counted);
    assertThat(pool.refusals).as("in ten minutes, seed %s", seed).isBetween(1, 30);
    assertThat(pool.givenBack).isLessThan(10 * bears);
    assertThat((double) (pool.held * STEP) / (double) counted.toNanos())
        .as("connections on average")
        .isGreaterThan(0.85 * bears);
  }

  @ParameterizedTest
  @CsvSource({"4,9,17", "4,50,97", "10,50,97"})
  void several_come_to_shares_that_are_alike_though_one_comes_late(
      int pools, int budget, int bears) {
    List<Pool> all = new ArrayList<>();
    for (int i = 1; i < pools; i++) {
      all.add(new Pool(budget, 20));
    }
    run(all, bears, Duration.ofSeconds(30));
    all.add(new Pool(budget, 20));
    run(all, bears, Duration.ofSeconds(60));
    all.forEach(it -> it.held = 0);
    run(all, bears, Duration.ofMinutes(2));
    double fair = all.stream().mapToLong(it -> it.held).average().orElseThrow();
    for (Pool each : all) {
      assertThat((double) each.held / fair)
          .as("of a fair share, seed %s", seed)
          .isBetween(0.4, 1.8);
    }
  }

  @Test
  void a_server_that_has_grown_is_used_within_a_minute() {
    Pool pool = new Pool(50, 0);
    run(List.of(pool), 10, Duration.ofMinutes(10));
    run(List.of(pool), 100, Duration.ofMinutes(1));
    assertThat(pool.open).isEqualTo(50);
    assertThat(pool.limit.isLowered()).isFalse();
  }
}
