package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.UserPoolManager;
import dev.onbehalf.pool.internal.Counters.Cause;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What time does to connections, calls and users. It looks at connections, callers and calls, of
 * which there are few, and not at users, of whom there may be many. Called under the engine's lock.
 */
final class Sweep {
  private static final Logger log = LoggerFactory.getLogger(UserPoolManager.class);
  private static final long LONGEST_INTERVAL = Duration.ofSeconds(1).toNanos();
  private static final long SHORTEST_INTERVAL = Duration.ofMillis(10).toNanos();

  private Sweep() {}

  static void all(Dispatcher dispatcher, Settings settings, long now, Todo todo) {
    for (Entry entry : dispatcher.entries()) {
      entry(dispatcher, settings, entry, now, todo);
    }
    dispatcher.endOverdue(now, todo);
    dispatcher.forgetUnused(now - quietTime(settings), now, todo);
    dispatcher.lookAtAll(now, todo);
  }

  static void entry(Dispatcher dispatcher, Settings settings, Entry entry, long now, Todo todo) {
    entry.slot.forgetHints();
    if (!entry.isFit(now) && entry.tryHold()) {
      dispatcher.close(entry, now, todo);
      return;
    }
    long answer = settings.validationTimeout().toNanos();
    if ((entry.isCleaningSince(now - answer) && entry.seize()) || entry.takeLost()) {
      entry.markBroken();
      dispatcher.abort(entry, Cause.BROKEN, now, todo);
      dispatcher.settle(entry.slot, now, todo);
      return;
    }
    if (closeUnused(dispatcher, settings.idleTimeout().toNanos(), entry, now, todo)) {
      return;
    }
    long keepalive = settings.keepaliveTime().toNanos();
    if (keepalive > 0 && now - entry.lastHeardOf() >= keepalive) {
      dispatcher.keepAlive(entry, now, todo);
    }
    reportLeak(settings.leakDetectionThreshold().toNanos(), entry, now, todo);
  }

  private static boolean closeUnused(
      Dispatcher dispatcher, long timeout, Entry entry, long now, Todo todo) {
    boolean kept = entry.slot.entries().length <= entry.slot.warm();
    if (timeout == 0 || kept || now - entry.lastUsed() < timeout || !entry.tryHold()) {
      return false;
    }
    if (now - entry.lastUsed() < timeout) {
      entry.release(); // it was used in between
      return false;
    }
    dispatcher.close(entry, Cause.IDLE, now, todo);
    return true;
  }

  private static void reportLeak(long threshold, Entry entry, long now, Todo todo) {
    Entry.Leak leak = entry.leak();
    if (entry.reportedLease != 0 && !entry.isLeasedAs(entry.reportedLease)) {
      todo.notes.add(
          () -> log.info("A connection of \"{}\" that was reported has come back", entry.user()));
      entry.reportedLease = 0;
    }
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

  /**
   * Often enough to be a tenth late at most, with calls that hang a fifth, and not more often than
   * makes sense.
   */
  static long interval(Settings settings) {
    long interval = LONGEST_INTERVAL;
    for (Duration time :
        new Duration[] {settings.connectionTimeout(), settings.validationTimeout()}) {
      interval = Math.min(interval, time.toNanos() / 5);
    }
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
