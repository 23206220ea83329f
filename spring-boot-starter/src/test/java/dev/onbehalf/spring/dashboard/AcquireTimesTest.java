package dev.onbehalf.spring.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AcquireTimesTest {
  private final AcquireTimes times = new AcquireTimes();

  @Test
  void aPercentileIsNeverTooLowAndAnEighthTooHighAtTheMost() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    times.start();
    long[] micros = new long[5_000];
    for (int i = 0; i < micros.length; i++) {
      micros[i] = (long) Math.exp(random.nextDouble() * 17); // up to 24 s
      times.took(micros[i] * 1_000);
    }
    Arrays.sort(micros);
    AcquireTimes.Counts counts = times.take();
    for (double share : new double[] {0.001, 0.5, 0.9, 0.99, 1}) {
      long exact = micros[(int) Math.ceil(share * micros.length) - 1];
      assertThat(counts.percentile(share))
          .as("%s, seed %s", share, seed)
          .isBetween(exact, exact + exact / 8 + 1);
    }
  }

  @Test
  void eachSecondCountsForItself() {
    times.start();
    times.took(5_000);
    assertThat(times.take().percentile(0.5)).isEqualTo(6);
    assertThat(times.take().percentile(0.5)).isEqualTo(-1);
  }

  @Test
  void nothingIsCountedWhileNobodyLooks() {
    times.leased(1_000, false);
    times.start();
    times.leased(2_000, false);
    times.stop();
    times.leased(4_000, false);
    times.start();
    assertThat(times.take().percentile(1)).isEqualTo(-1);
  }

  @Test
  void theShortestAndTheLongestHaveAPlace() {
    times.start();
    times.took(0);
    assertThat(times.take().percentile(1)).isEqualTo(1);
    times.took(Long.MAX_VALUE);
    assertThat(times.take().percentile(1)).isGreaterThan(1L << 32);
  }
}
