package dev.onbehalf.pool.internal.work;

import dev.onbehalf.pool.internal.deciding.Calls;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The daemon threads that make the pool's calls. They come when needed and go after a while; how
 * many calls of a kind are made at once is decided where they are ordered ({@link Calls}), so that
 * one that hangs is in nobody's way.
 */
public final class WorkerThreads implements Workers {
  private static final long KEEP_ALIVE_SECONDS = 10;

  private final AtomicInteger number = new AtomicInteger();
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();
  private final ThreadPoolExecutor executor =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          KEEP_ALIVE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          this::thread,
          (task, stopped) -> task.run());

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
