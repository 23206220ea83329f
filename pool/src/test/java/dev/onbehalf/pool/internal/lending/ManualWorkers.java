package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.internal.work.Workers;
import java.util.ArrayList;
import java.util.List;

/** Keeps tasks until the test runs them. */
final class ManualWorkers implements Workers {
  final List<Runnable> tasks = new ArrayList<>();

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public void stop() {}

  /** Runs all, and what they lead to. */
  void run() {
    while (!tasks.isEmpty()) {
      tasks.remove(0).run();
    }
  }
}
