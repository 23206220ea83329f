package dev.onbehalf.pool.internal;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The daemon threads that log in and close connections. They come when needed and go after a while.
 * There are two more than logins may be under way, so that hanging logins don't keep connections
 * from being closed.
 */
final class WorkerThreads implements Workers {
  private static final int CLOSERS = 2;
  private static final long KEEP_ALIVE_SECONDS = 10;

  private final AtomicInteger number = new AtomicInteger();
  private final ThreadPoolExecutor executor;

  WorkerThreads(int maxLogins) {
    int threads = maxLogins + CLOSERS;
    executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            KEEP_ALIVE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            this::thread,
            (task, stopped) -> task.run());
    executor.allowCoreThreadTimeOut(true);
  }

  private Thread thread(Runnable task) {
    Thread thread = new Thread(task, "onbehalf-pool-login-" + number.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(task);
  }

  @Override
  public void stop() {
    executor.shutdownNow();
  }
}
