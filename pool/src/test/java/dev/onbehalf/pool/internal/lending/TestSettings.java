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
    Settings d = Settings.DEFAULTS;
    return new Settings(
        limit,
        limit,
        d.maxWaitersPerUser(),
        limit,
        d.connectionTimeout(),
        d.validationTimeout(),
        d.idleTimeout(),
        d.maxLifetime(),
        d.keepaliveTime(),
        leakDetectionThreshold,
        d.closeGracePeriod(),
        d.socketTimeout(),
        d.discardAllOnReturn(),
        d.allowRlsBypass(),
        d.rlsCheckMaxAge());
  }
}
