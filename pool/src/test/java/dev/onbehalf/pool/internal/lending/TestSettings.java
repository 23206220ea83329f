package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.internal.Settings;
import java.time.Duration;

/** The defaults, with limits small enough to be met. */
final class TestSettings {
  private TestSettings() {}

  /** A budget, a user's maximum and logins in flight, all of them {@code limit}. */
  static Settings withLimits(int limit) {
    return with(limit, Settings.DEFAULTS.leakDetectionThreshold());
  }

  /** Connections in use for longer count as leaked. */
  static Settings withLeakDetection(Duration threshold) {
    return with(Settings.DEFAULTS.maxLoginsInFlight(), threshold);
  }

  private static Settings with(int limit, Duration leakDetectionThreshold) {
    Settings.Draft draft = new Settings.Draft();
    draft.maxConnections = limit;
    draft.maxConnectionsPerUser = limit;
    draft.maxLoginsInFlight = limit;
    draft.leakDetectionThreshold = leakDetectionThreshold;
    return draft.checked();
  }
}
