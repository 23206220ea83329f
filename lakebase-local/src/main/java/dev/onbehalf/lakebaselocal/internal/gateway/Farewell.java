package dev.onbehalf.lakebaselocal.internal.gateway;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Closes things after a time, whatever they are doing; closing must not block. */
final class Farewell {
  /** How long a client may take to read the last words. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final ScheduledExecutorService timer;

  Farewell(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  /** Closes when all that was said should have been read. */
  void closeSoon(Closeable closeable) {
    var unused = closeAfter(PATIENCE, closeable);
  }

  /** Closes after this time, unless the future is cancelled. */
  ScheduledFuture<?> closeAfter(Duration delay, Closeable closeable) {
    return timer.schedule(() -> close(closeable), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void close(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
