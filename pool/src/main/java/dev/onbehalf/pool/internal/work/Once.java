package dev.onbehalf.pool.internal.work;

import java.util.concurrent.atomic.AtomicBoolean;

/** A task that is done at its first run, and left alone at all others. */
final class Once implements Runnable {
  private final Runnable task;
  private final AtomicBoolean begun = new AtomicBoolean();

  Once(Runnable task) {
    this.task = task;
  }

  @Override
  public void run() {
    if (begun.compareAndSet(false, true)) {
      task.run();
    }
  }
}
