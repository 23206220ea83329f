package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.internal.PoolLog;
import dev.onbehalf.pool.internal.deciding.Todo;
import dev.onbehalf.pool.internal.user.Entry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Says who has the connections when a caller has waited in vain: from when and on which thread, and
 * with what stack where leaks are watched. One line in ten seconds, of the ten oldest leases.
 *
 * <p>Guarded by the engine's lock; what is logged is put together without it.
 */
final class Holders {
  private static final Logger log = PoolLog.LOG;
  private static final long PAUSE = Duration.ofSeconds(10).toNanos();
  private static final int MOST = 10;

  private long next;
  private boolean told;

  /** Who holds a connection, as of one moment. */
  private record Holder(String user, long nanos, long thread, @Nullable Throwable stack) {
    @Override
    public String toString() {
      return "\"%s\" for %s ms, taken by thread %s%s"
          .formatted(user, Duration.ofNanos(nanos).toMillis(), thread, name(thread));
    }

    /** Threads that have ended, and virtual ones, have none that could be found. */
    private static String name(long thread) {
      ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread);
      return info == null ? "" : " (" + info.getThreadName() + ")";
    }
  }

  void tell(Supplier<List<Entry>> entries, long now, Todo todo) {
    if (told && now - next < 0) {
      return;
    }
    List<Holder> holders =
        entries.get().stream()
            .filter(Entry::isInUse)
            .map(entry -> holder(entry, now))
            .sorted(Comparator.comparingLong(Holder::nanos).reversed())
            .limit(MOST)
            .toList();
    if (!holders.isEmpty()) {
      told = true;
      next = now + PAUSE;
      todo.notes().add(() -> log(holders));
    }
  }

  private static Holder holder(Entry entry, long now) {
    Entry.Leak watched = entry.leak();
    boolean current = watched != null && entry.isLeasedAs(watched.lease());
    return new Holder(
        entry.user(),
        now - entry.leasedAt(),
        entry.leasedBy(),
        current && watched != null ? watched.takenBy() : null);
  }

  private static void log(List<Holder> holders) {
    String all = holders.stream().map(Holder::toString).collect(Collectors.joining("; "));
    log.warn("A caller waited in vain. Connections in use: {}", all, holders.get(0).stack());
  }
}
