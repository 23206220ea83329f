package dev.onbehalf.lakebaselocal;

import dev.onbehalf.lakebaselocal.internal.workspace.CallCounter;
import java.util.Map;

/** The workspace's counter, as users see it. */
final class WorkspaceCalls implements Calls {
  private final CallCounter counter;

  WorkspaceCalls(CallCounter counter) {
    this.counter = counter;
  }

  @Override
  public int to(String path) {
    return counter.byPath().getOrDefault(path, 0);
  }

  @Override
  public int total() {
    return counter.byPath().values().stream().mapToInt(Integer::intValue).sum();
  }

  @Override
  public Map<String, Integer> byPath() {
    return counter.byPath();
  }

  @Override
  public void reset() {
    counter.reset();
  }
}
