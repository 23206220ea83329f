package dev.onbehalf.spring.autoconfigure;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;

/**
 * Schedules as if nobody had called. A bean's {@code @Scheduled} methods are the application's,
 * also those of a bean that is made late, in the midst of somebody's request.
 *
 * @param scheduler takes whoever is bound along
 */
record NobodysTaskScheduler(TaskScheduler scheduler) implements TaskScheduler {
  private static final ContextSnapshot NOBODY =
      ContextSnapshotFactory.builder().clearMissing(true).build().captureFrom();

  private static <T extends @Nullable Object> T asNobody(Supplier<T> call) {
    try (ContextSnapshot.Scope nobody = NOBODY.setThreadLocals()) {
      return call.get();
    }
  }

  @Override
  public Clock getClock() {
    return scheduler.getClock();
  }

  @Override
  public @Nullable ScheduledFuture<?> schedule(Runnable task, Trigger trigger) {
    return asNobody(() -> scheduler.schedule(task, trigger));
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, Instant startTime) {
    return asNobody(() -> scheduler.schedule(task, startTime));
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Instant startTime, Duration period) {
    return asNobody(() -> scheduler.scheduleAtFixedRate(task, startTime, period));
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Duration period) {
    return asNobody(() -> scheduler.scheduleAtFixedRate(task, period));
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, Instant startTime, Duration delay) {
    return asNobody(() -> scheduler.scheduleWithFixedDelay(task, startTime, delay));
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Duration delay) {
    return asNobody(() -> scheduler.scheduleWithFixedDelay(task, delay));
  }
}
