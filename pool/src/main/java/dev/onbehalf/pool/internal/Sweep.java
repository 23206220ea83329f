package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.internal.Counters.Cause;
import java.time.Duration;

/** What time does to a user's connections. Called under the engine's lock. */
final class Sweep {
  private static final long LONGEST_INTERVAL = Duration.ofSeconds(1).toNanos();
  private static final long SHORTEST_INTERVAL = Duration.ofMillis(10).toNanos();

  private Sweep() {}

  static void slot(Dispatcher dispatcher, Settings settings, Slot slot, long now, Todo todo) {
    long idleTimeout = settings.idleTimeout().toNanos();
    slot.forgetHints();
    dispatcher.closeUnfit(slot, now, todo);
    for (Entry entry : slot.entries()) {
      if (idleTimeout > 0 && isIdleSince(entry, now, idleTimeout) && entry.tryHold()) {
        if (now - entry.lastUsed() >= idleTimeout) {
          dispatcher.close(entry, Cause.IDLE, todo);
        } else {
          entry.release(); // it was used in between
        }
      }
    }
    long quiet = idleTimeout > 0 ? idleTimeout : Settings.DEFAULTS.idleTimeout().toNanos();
    if (now - slot.madeAt >= quiet) {
      dispatcher.forgetIfGone(slot, now, todo);
    }
  }

  private static boolean isIdleSince(Entry entry, long now, long nanos) {
    return entry.isIdle() && now - entry.lastUsed() >= nanos;
  }

  /** Often enough to be a tenth late at most, and not more often than makes sense. */
  static long interval(Settings settings) {
    long interval = LONGEST_INTERVAL;
    for (Duration due :
        new Duration[] {
          settings.idleTimeout(),
          settings.maxLifetime(),
          settings.keepaliveTime(),
          settings.leakDetectionThreshold()
        }) {
      if (!due.isZero()) {
        interval = Math.min(interval, due.toNanos() / 10);
      }
    }
    return Math.max(interval, SHORTEST_INTERVAL);
  }
}
