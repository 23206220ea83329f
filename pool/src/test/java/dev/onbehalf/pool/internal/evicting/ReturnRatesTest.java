package dev.onbehalf.pool.internal.evicting;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ReturnRatesTest {
  private static final int WINDOW = 10_000;

  private final ReturnRates rates = new ReturnRates(WINDOW);

  private void refreshAll() {
    for (int now = 0; now < WINDOW; now += 10) {
      rates.fade(now);
    }
  }

  /** Connections that served 16 requests get no more of them once they have waited 256 requests. */
  private void waitInVain() {
    for (int age = 300; age < 1_000_000; age *= 2) {
      rates.exposed(16, age, 100_000);
    }
  }

  @Test
  void untilAnythingIsLearntFrequencyAloneCounts() {
    assertThat(rates.worth(100, 1)).isGreaterThan(rates.worth(10, 1));
    assertThat(rates.worth(100, 5_000)).isCloseTo(rates.worth(100, 1), within20Percent(100));
  }

  @Test
  void anAgeAtWhichNobodyReturnsIsWorthLess() {
    waitInVain();
    refreshAll();

    assertThat(rates.worth(16, 1_000)).isLessThan(rates.worth(16, 10) / 2);
  }

  @Test
  void anAgeAtWhichManyReturnIsWorthMoreForThemAndForThoseWhoAreYounger() {
    float before = rates.worth(4, 3);
    rates.exposed(4, 10, 1_000);
    rates.returned(4, 10, 100);
    refreshAll();

    assertThat(rates.worth(4, 10)).isGreaterThan(10 * before);
    assertThat(rates.worth(4, 3)).as("soon to be ten").isGreaterThan(2 * before);
  }

  @Test
  void whatWasLearntFades() {
    waitInVain();
    refreshAll();
    float learnt = rates.worth(16, 1_000);
    for (int i = 1; i < 100; i++) {
      for (int now = 0; now < WINDOW; now += 50) {
        rates.fade(i * WINDOW + now);
      }
    }

    assertThat(rates.worth(16, 1_000)).isGreaterThan(2 * learnt);
  }

  @Test
  void theExtremesAreInTheTable() {
    for (float count : new float[] {0, 1e-30f, 1, WINDOW, Float.MAX_VALUE}) {
      for (int age : new int[] {0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
        rates.returned(count, age, 1);
        rates.exposed(count, age, 1);
        assertThat(rates.worth(count, age)).isPositive();
      }
    }
  }

  private static Offset<Float> within20Percent(float count) {
    return Offset.offset(0.2f * count / WINDOW);
  }
}
