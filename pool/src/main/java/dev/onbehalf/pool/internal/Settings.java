package dev.onbehalf.pool.internal;

import java.time.Duration;
import java.util.Objects;

/**
 * The pool's settings, checked; the meaning of each is told by the builder's method. Written as a
 * {@link Draft}.
 */
public record Settings(
    int maxConnections,
    int maxConnectionsPerUser,
    int maxWaitersPerUser,
    int maxLoginsInFlight,
    Duration connectionTimeout,
    Duration validationTimeout,
    Duration idleTimeout,
    Duration maxLifetime,
    Duration keepaliveTime,
    Duration leakDetectionThreshold,
    Duration closeGracePeriod,
    Duration socketTimeout,
    boolean discardAllOnReturn,
    boolean allowRlsBypass,
    Duration rlsCheckMaxAge) {

  /** Long enough for any use, short enough that sums of nanoseconds stay far from overflow. */
  private static final Duration LONGEST = Duration.ofDays(365);

  /** Who is held by Row-Level Security no more has to be noticed some time. */
  private static final Duration LONGEST_CHECK_AGE = Duration.ofHours(1);

  private static final Duration SHORTEST = Duration.ofMillis(1);

  /** What {@code UserPoolManager.builder} starts from. */
  public static final Settings DEFAULTS = new Draft().checked();

  /** Settings that are still being written, each by its name; the defaults to begin with. */
  public static final class Draft {
    public int maxConnections = 50;
    public int maxConnectionsPerUser = 3;
    public int maxWaitersPerUser = Integer.MAX_VALUE;
    public int maxLoginsInFlight = 8;
    public Duration connectionTimeout = Duration.ofSeconds(10);
    public Duration validationTimeout = Duration.ofSeconds(5);
    public Duration idleTimeout = Duration.ofSeconds(30);
    public Duration maxLifetime = Duration.ofMinutes(30);
    public Duration keepaliveTime = Duration.ofMinutes(2);
    public Duration leakDetectionThreshold = Duration.ZERO;
    public Duration closeGracePeriod = Duration.ofSeconds(5);
    public Duration socketTimeout = Duration.ZERO;
    public boolean discardAllOnReturn;
    public boolean allowRlsBypass;
    public Duration rlsCheckMaxAge = Duration.ofSeconds(5);

    /**
     * What is written now.
     *
     * @throws IllegalArgumentException naming the setting and the value that is out of bounds
     */
    public Settings checked() {
      return new Settings(
          maxConnections,
          maxConnectionsPerUser,
          maxWaitersPerUser,
          maxLoginsInFlight,
          connectionTimeout,
          validationTimeout,
          idleTimeout,
          maxLifetime,
          keepaliveTime,
          leakDetectionThreshold,
          closeGracePeriod,
          socketTimeout,
          discardAllOnReturn,
          allowRlsBypass,
          rlsCheckMaxAge);
    }
  }

  /**
   * Checks every bound.
   *
   * @throws IllegalArgumentException naming the setting and the value
   */
  public Settings {
    requirePositive("maxConnections", maxConnections);
    requirePositive("maxConnectionsPerUser", maxConnectionsPerUser);
    requirePositive("maxWaitersPerUser", maxWaitersPerUser);
    requirePositive("maxLoginsInFlight", maxLoginsInFlight);
    requireDuration("connectionTimeout", connectionTimeout);
    requireDuration("validationTimeout", validationTimeout);
    requireDurationOrZero("idleTimeout", idleTimeout);
    requireDurationOrZero("maxLifetime", maxLifetime);
    requireDurationOrZero("keepaliveTime", keepaliveTime);
    requireDurationOrZero("leakDetectionThreshold", leakDetectionThreshold);
    requireDurationOrZero("closeGracePeriod", closeGracePeriod);
    requireDurationOrZero("socketTimeout", socketTimeout);
    requireCheckAge(rlsCheckMaxAge);
  }

  private static void requirePositive(String setting, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(setting + " must be at least 1, not " + value);
    }
  }

  private static void requireDurationOrZero(String setting, Duration value) {
    if (!Duration.ZERO.equals(value)) {
      requireDuration(setting, value);
    }
  }

  private static void requireCheckAge(Duration value) {
    Objects.requireNonNull(value, "rlsCheckMaxAge");
    if (value.isNegative() || value.compareTo(LONGEST_CHECK_AGE) > 0) {
      throw new IllegalArgumentException(
          "rlsCheckMaxAge must be from 0 to 1 hour, not %s".formatted(value));
    }
  }

  public static Duration requireDuration(String setting, Duration value) {
    Objects.requireNonNull(value, setting);
    if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "%s must be from 1 ms to 365 days, not %s".formatted(setting, value));
    }
    return value;
  }
}
