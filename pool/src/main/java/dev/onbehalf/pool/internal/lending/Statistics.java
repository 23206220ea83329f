package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.UserPoolStatistics;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.deciding.Counters;
import dev.onbehalf.pool.internal.deciding.Parts;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Slot;
import java.util.List;

/** Tells what there is, at one moment. */
public final class Statistics {
  private final Settings settings;
  private final Parts parts;

  Statistics(Settings settings, Parts parts) {
    this.settings = settings;
    this.parts = parts;
  }

  /** Over all users. */
  public PoolStatistics ofAll() {
    return parts.decisions().look(this::ofAllNow);
  }

  /** Of each user. */
  public List<UserPoolStatistics> ofEach() {
    return parts.decisions().look(() -> parts.users().all().stream().map(this::ofNow).toList());
  }

  /** Of one user, who need not be known. */
  UserPoolStatistics of(String user) {
    return parts
        .decisions()
        .look(
            () -> {
              Slot slot = parts.users().slots().get(user);
              return slot == null ? ofUnknown(user) : ofNow(slot);
            });
  }

  private UserPoolStatistics ofUnknown(String user) {
    return new UserPoolStatistics(user, 0, 0, 0, 0, 0, settings.maxConnectionsPerUser(), 0);
  }

  /** As {@link #ofAll}, under the lock. */
  PoolStatistics ofAllNow() {
    Counters counters = parts.counters();
    int idle = 0;
    int inUse = 0;
    long acquired = counters.pastUses();
    for (Entry entry : parts.connections().all()) { // not by user: those who wait may be many more
      if (entry.isIdle()) {
        idle++;
      } else {
        inUse++;
      }
      acquired += entry.uses();
    }
    return new PoolStatistics(
        parts.budget().maximum(),
        parts.budget().server().limit(),
        parts.budget().used(),
        inUse,
        idle,
        parts.calls().loggingIn(),
        parts.callers().waiting(),
        parts.users().slots().size(),
        parts.callers().usersWaiting(),
        acquired,
        counters.logins(),
        counters.failedLogins(),
        counters.timeouts(),
        counters.evictions());
  }

  /** As {@link #of}, under the lock. */
  UserPoolStatistics ofNow(Slot slot) {
    int idle = 0;
    Entry[] entries = slot.entries();
    for (Entry entry : entries) {
      if (entry.isIdle()) {
        idle++;
      }
    }
    return new UserPoolStatistics(
        slot.user(),
        slot.open(),
        entries.length - idle,
        idle,
        slot.loggingIn(),
        slot.waiting(),
        slot.maxConnections(settings),
        slot.reserve());
  }
}
