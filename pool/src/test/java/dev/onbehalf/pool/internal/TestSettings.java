package dev.onbehalf.pool.internal;

/** The defaults, with limits small enough to be met. */
final class TestSettings {
  private TestSettings() {}

  /** A budget, a user's maximum and logins in flight, all of them {@code limit}. */
  static Settings withLimits(int limit) {
    Settings d = Settings.DEFAULTS;
    return new Settings(
        limit,
        limit,
        limit,
        d.connectionTimeout(),
        d.validationTimeout(),
        d.idleTimeout(),
        d.maxLifetime(),
        d.keepaliveTime(),
        d.leakDetectionThreshold(),
        d.closeGracePeriod(),
        d.discardAllOnReturn(),
        d.allowRlsBypass());
  }
}
