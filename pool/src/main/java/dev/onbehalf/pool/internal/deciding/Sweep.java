package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.internal.PoolLog;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.deciding.Counters.Cause;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Slot;
import java.time.Duration;
import org.slf4j.Logger;

/**
 * What time does to connections, calls and users. It looks at connections, callers and calls, of
 * which there are few, and not at users, of whom there may be many. Called under the engine's lock.
 */
public final class Sweep {
  private static final Logger log = PoolLog.LOG;
  private static final long LONGEST_INTERVAL = Duration.ofSeconds(1).toNanos();
  private static final long SHORTEST_INTERVAL = Duration.ofMillis(10).toNanos();
  private static final long SHORTEST_REST = Duration.ofMillis(500).toNanos();

  private final Settings settings;
  private final Users users;
  private final Budget budget;
  private final Calls calls;
  private final Connections connections;
  private final Dispatcher dispatcher;
  private final Overdue overdue;

  Sweep(
      Settings settings,
      Users users,
      Budget budget,
      Calls calls,
      Connections connections,
      Dispatcher dispatcher,
      Overdue overdue) {
    this.settings = settings;
    this.users = users;
    this.budget = budget;
    this.calls = calls;
    this.connections = connections;
    this.dispatcher = dispatcher;
    this.overdue = overdue;
  }

  public void all(long now, Todo todo) {
    for (Entry entry : connections.all()) {
      if (connections.has(entry)) { // what became of others may have closed it
        entry(entry, now, todo);
      }
    }
    calls.handOutStranded(now, todo);
    overdue.end(now, todo);
    users.forgetUnused(now - quietTime(settings), now, todo);
    dispatcher.lookAtAll(now, todo);
  }

  private void entry(Entry entry, long now, Todo todo) {
    entry.slot().forgetHints();
    if (!entry.isFit(now) && entry.tryHold()) {
      connections.close(entry, now, todo);
      dispatcher.settle(entry.slot(), now, todo);
      return;
    }
    long answer = settings.validationTimeout().toNanos();
    if (entry.takeOverdue(now - answer)
        || entry.takeLost()
        || (entry.isHeld() && !calls.isAbout(entry))) { // memory ran out at a decision
      overdue.abandon(entry, now, todo);
      return;
    }
    if (closeUnused(idleTimeout(entry.slot(), now), entry, now, todo)) {
      return;
    }
    long keepalive = settings.keepaliveTime().toNanos();
    if (keepalive > 0 && now - entry.lastHeardOf() >= keepalive) {
      connections.keepAlive(entry, now, todo);
    }
    reportLeak(settings.leakDetectionThreshold().toNanos(), entry, now, todo);
  }

  /**
   * On a server that is full, others wait for places, whom this pool can't see: they get what
   * nobody uses before they have waited for too long. A reserve they don't get.
   */
  private long idleTimeout(Slot slot, long now) {
    long usual = settings.idleTimeout().toNanos();
    long shared = Math.max(SHORTEST_REST, settings.connectionTimeout().toNanos() / 4);
    boolean isShared = slot.places() > slot.reserve() && budget.server().wasFullLately(now);
    return isShared && (usual == 0 || shared < usual) ? shared : usual;
  }

  private boolean closeUnused(long timeout, Entry entry, long now, Todo todo) {
    boolean kept = entry.slot().entries().length <= entry.slot().warm();
    if (timeout == 0 || kept || now - entry.lastUsed() < timeout || !entry.tryHold()) {
      return false;
    }
    if (now - entry.lastUsed() < timeout) {
      entry.release(); // it was used in between
      return false;
    }
    connections.close(entry, Cause.IDLE, now, todo);
    return true;
  }

  private static void reportLeak(long threshold, Entry entry, long now, Todo todo) {
    Entry.Leak leak = entry.leak();
    if (entry.takeReportedBack()) {
      todo.notes()
          .add(
              () ->
                  log.info("A connection of \"{}\" that was reported has come back", entry.user()));
    }
    if (leak == null || threshold == 0 || now - leak.since() < threshold) {
      return;
    }
    if (entry.isLeasedAs(leak.lease()) && !entry.isReported(leak)) {
      todo.leaks()
          .add(
              new Todo.LeakReport(
                  entry.user(), Duration.ofNanos(now - leak.since()), leak.takenBy()));
      entry.reported(leak);
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
  public static long interval(Settings settings) {
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
