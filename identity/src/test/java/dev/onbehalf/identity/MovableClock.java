package dev.onbehalf.identity;

import com.github.benmanes.caffeine.cache.Scheduler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A clock that stands until it is moved, and then does what was due by then. */
public final class MovableClock extends Clock implements Scheduler {
  private final List<Due> due = new CopyOnWriteArrayList<>();
  private volatile Instant now = Instant.now();

  private record Due(Instant at, Runnable task, CompletableFuture<Void> done) {}

  public void advance(Duration time) {
    now = now.plus(time);
    for (Due it : due) {
      if (!it.at.isAfter(now) && due.remove(it) && !it.done.isCancelled()) {
        it.task.run();
        it.done.complete(null);
      }
    }
  }

  @Override
  public Future<?> schedule(Executor executor, Runnable task, long delay, TimeUnit unit) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    due.add(new Due(now.plusNanos(unit.toNanos(delay)), task, done));
    return done;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }
}
