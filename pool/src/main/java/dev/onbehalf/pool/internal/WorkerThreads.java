package dev.onbehalf.pool.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The daemon threads that log in and close connections. They come when needed and go after a while.
 * There are two more than logins may be under way, so that hanging logins don't keep connections
 * from being closed.
 */
final class WorkerThreads implements Workers {
  private static final int CLOSERS = 2;
  private static final long KEEP_ALIVE_SECONDS = 10;

  private final AtomicInteger number = new AtomicInteger();
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();
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

  /** Made for one user's caller and used for all: it inherits nothing that is bound to a thread. */
  private Thread thread(Runnable tasks) {
    String name = "onbehalf-pool-login-" + number.incrementAndGet();
    Thread thread = new Thread(null, () -> run(tasks), name, 0, false);
    thread.setContextClassLoader(loader);
    thread.setDaemon(true);
    return thread;
  }

  private void run(Runnable tasks) {
    running.add(Thread.currentThread());
    try {
      tasks.run();
    } finally {
      running.remove(Thread.currentThread());
    }
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(task);
  }

  @Override
  public void stop() {
    executor.shutdown();
    running.forEach(Thread::interrupt);
  }
}
