package dev.onbehalf.identity;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads of one database's, which end with it. They have the class loader of who made it, and
 * nothing else of theirs, for they serve all.
 */
final class LookupThreads {
  private static final Duration KEPT = Duration.ofSeconds(30);

  private LookupThreads() {}

  /** They ask the platform: as many as the lanes let there be, none while nobody asks. */
  static ExecutorService make() {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        KEPT.toSeconds(),
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        named("onbehalf-platform-"));
  }

  /**
   * One that waits, from the first time on that it has to. The JDK's own for that ends never, and
   * would keep who started it: its class loader, and what a request has bound to its thread.
   */
  static ScheduledExecutorService timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, named("onbehalf-timer-"));
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  private static ThreadFactory named(String prefix) {
    AtomicInteger number = new AtomicInteger();
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return task -> {
      Thread thread = new Thread(null, task, prefix + number.incrementAndGet(), 0, false);
      thread.setContextClassLoader(loader);
      thread.setDaemon(true);
      return thread;
    };
  }
}
