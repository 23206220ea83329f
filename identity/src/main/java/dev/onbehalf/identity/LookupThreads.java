package dev.onbehalf.identity;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that ask the platform: as many as the lanes let there be, none while nobody asks. */
final class LookupThreads {
  private static final Duration KEPT = Duration.ofSeconds(30);

  private LookupThreads() {}

  static ExecutorService make() {
    AtomicInteger number = new AtomicInteger();
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        KEPT.toSeconds(),
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          String name = "onbehalf-platform-" + number.incrementAndGet();
          // Made for one caller and used for all: it inherits nothing that is bound to a thread.
          Thread thread = new Thread(null, task, name, 0, false);
          thread.setContextClassLoader(loader);
          thread.setDaemon(true);
          return thread;
        });
  }
}
