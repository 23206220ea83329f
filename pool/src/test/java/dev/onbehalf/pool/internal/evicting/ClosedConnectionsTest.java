package dev.onbehalf.pool.internal.evicting;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClosedConnectionsTest {
  private final ClosedConnections closed = new ClosedConnections(100, 10_000);

  @Test
  void aHistoryIsFoundByItsKeyUntilItIsRemoved() {
    closed.add(7, 3.5f, 11, 12);

    int place = closed.find(7);
    assertThat(closed.count(place)).isEqualTo(3.5f);
    assertThat(closed.lastRequest(place)).isEqualTo(11);

    closed.remove(place);
    assertThat(closed.find(7)).isNegative();
  }

  @Test
  void aKeyHasOneHistoryTheLatest() {
    closed.add(7, 3, 11, 12);
    closed.add(7, 4, 13, 14);

    int place = closed.find(7);
    assertThat(closed.count(place)).isEqualTo(4);
    closed.remove(place);
    assertThat(closed.find(7)).isNegative();
  }

  @Test
  void theTableNeverGrowsAndRegularsOutliveAScanOfStrangers() {
    for (int regular = 0; regular < 20; regular++) {
      closed.add(regular, 100, 0, 0);
    }
    for (int stranger = 1_000; stranger < 100_000; stranger++) {
      closed.add(stranger, 1, 0, 0);
    }

    int kept = 0;
    for (int regular = 0; regular < 20; regular++) {
      kept += closed.find(regular) >= 0 ? 1 : 0;
    }
    assertThat(closed.capacity()).isEqualTo(128);
    assertThat(kept).isGreaterThanOrEqualTo(18);
  }

  @Test
  void goingAroundMeetsEachHistoryOnce() {
    closed.add(7, 1, 0, 0);
    closed.add(8, 1, 0, 0);

    int met = 0;
    for (int i = 0; i < closed.capacity(); i++) {
      met += closed.next() >= 0 ? 1 : 0;
    }
    assertThat(met).isEqualTo(2);
  }
}
