package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.internal.Counters.Cause;
import java.time.Duration;

/** What time does to a user's connections. Called under the engine's lock. */
final class Sweep {
  private static final long LONGEST_INTERVAL = Duration.ofSeconds(1).toNanos();
  private static final long SHORTEST_INTERVAL = Duration.ofMillis(10).toNanos();

  private Sweep() {}

  static void slot(Dispatcher dispatcher, Settings settings, Slot slot, long now, Todo todo) {
    slot.forgetHints();
    dispatcher.closeUnfit(slot, now, todo);
    for (Entry entry : slot.entries()) {
      closeUnused(dispatcher, settings.idleTimeout().toNanos(), entry, now, todo);
      keepAlive(settings.keepaliveTime().toNanos(), entry, now, todo);
      reportLeak(settings.leakDetectionThreshold().toNanos(), entry, now, todo);
    }
    if (now - slot.madeAt >= quietTime(settings)) {
      dispatcher.forgetIfGone(slot, now, todo);
    }
  }

  private static void closeUnused(
      Dispatcher dispatcher, long timeout, Entry entry, long now, Todo todo) {
    if (timeout > 0 && now - entry.lastUsed() >= timeout && entry.tryHold()) {
      if (now - entry.lastUsed() >= timeout) {
        dispatcher.close(entry, Cause.IDLE, todo);
      } else {
        entry.release(); // it was used in between
      }
    }
  }

  private static void keepAlive(long time, Entry entry, long now, Todo todo) {
    if (time > 0 && now - entry.lastHeardOf() >= time && entry.tryHold()) {
      todo.checks.add(entry);
    }
  }

  private static void reportLeak(long threshold, Entry entry, long now, Todo todo) {
    Entry.Leak leak = entry.leak();
    if (leak == null || threshold == 0 || now - leak.since() < threshold) {
      return;
    }
    if (entry.isLeasedAs(leak.lease()) && entry.reportedLease != leak.lease()) {
      todo.leaks.add(
          new Todo.LeakReport(entry.user(), Duration.ofNanos(now - leak.since()), leak.takenBy()));
      entry.reportedLease = leak.lease();
    }
  }

  /** How long a user who was asked for but never connected is remembered. */
  private static long quietTime(Settings settings) {
    Duration idle = settings.idleTimeout();
    return (idle.isZero() ? Settings.DEFAULTS.idleTimeout() : idle).toNanos();
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
