package dev.onbehalf.pool.internal.deciding;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
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

    /** Closed, and counted by the server until the next step. */
    private int leaving;

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
      boolean evicts = open > 0 && random.nextInt(100) < churn;
      leaving =
          evicts && random.nextInt(200) == 0 ? 1 : 0; // else it is gone at once, or waited for
      open -= evicts ? 1 : 0;
      if (leaving == 0 && evicts && all.size() > 1) {
        held += open; // others may be quicker
        return;
      }
      if (open < limit.limit() && !limit.isPaused(now)) {
        logIn(all, bears);
      }
      held += open;
    }

    private void logIn(List<Pool> all, int bears) {
      if (all.stream().mapToInt(it -> it.open + it.leaving).sum() < bears) {
        open++;
        limit.accepted(now);
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
    assertThat(pool.givenBack).isLessThan(3 * bears);
    assertThat((double) (pool.held * STEP) / (double) counted.toNanos())
        .as("connections on average")
        .isGreaterThan(0.85 * bears);
  }

  @ParameterizedTest
  @CsvSource({"4,9,17", "4,50,97", "10,50,97"})
  void several_all_have_a_share_though_one_comes_late(int pools, int budget, int bears) {
    List<Pool> all = new ArrayList<>();
    for (int i = 1; i < pools; i++) {
      all.add(new Pool(budget, 20));
    }
    run(all, bears, Duration.ofSeconds(30));
    all.add(new Pool(budget, 20));
    run(all, bears, Duration.ofSeconds(60));
    all.forEach(it -> it.held = 0);
    run(all, bears, Duration.ofMinutes(2));
    double whole = all.stream().mapToLong(it -> it.held).sum();
    for (Pool each : all) { // of 400 seeds, the least had a tenth of a fair share, the most 53 %
      assertThat(each.held / whole * pools)
          .as("of a fair share, seed %s", seed)
          .isGreaterThan(0.03);
      assertThat(each.held / whole).as("of all, seed %s", seed).isLessThan(0.67);
    }
  }

  /** Its own that leave late are refusals of no trial: they take nothing away for long. */
  @ParameterizedTest
  @CsvSource({"50,9", "50,40", "200,100"})
  void alone_and_busy_it_keeps_nearly_all_and_seldom_tries_more(int budget, int bears) {
    Pool pool = new Pool(budget, 20);
    run(List.of(pool), bears, Duration.ofMinutes(2));
    pool.givenBack = 0;
    pool.held = 0;
    Duration counted = Duration.ofMinutes(10);
    run(List.of(pool), bears, counted);
    assertThat((double) (pool.held * STEP) / (double) counted.toNanos())
        .as("connections on average, seed %s", seed)
        .isGreaterThan(0.8 * bears);
    assertThat(pool.givenBack).as("given back, seed %s", seed).isLessThan(8 * bears);
  }

  @ParameterizedTest
  @CsvSource({"50,10,600", "50,10,617", "50,10,640", "200,40,600", "200,40,620"})
  void a_server_that_has_grown_is_used_within_a_minute_and_a_half(
      int budget, int bore, int seconds) {
    Pool pool = new Pool(budget, 0);
    run(List.of(pool), bore, Duration.ofSeconds(seconds));
    run(List.of(pool), 2 * budget, Duration.ofSeconds(90));
    assertThat(pool.open).isEqualTo(budget);
    assertThat(pool.limit.isLowered()).isFalse();
  }
}
