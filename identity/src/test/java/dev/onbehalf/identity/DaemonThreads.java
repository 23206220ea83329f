package dev.onbehalf.identity;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Threads that keep no JVM alive, for what is never closed. */
final class DaemonThreads {
  private DaemonThreads() {}

  static ExecutorService executor() {
    return Executors.newCachedThreadPool(
        task -> {
          Thread thread = new Thread(task, "lookup");
          thread.setDaemon(true);
          return thread;
        });
  }
}
