package dev.onbehalf.lakebaselocal.internal.workspace;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Counts requests by path. Thread-safe. */
public final class CallCounter {
  private final Map<String, Integer> counts = new ConcurrentHashMap<>();

  void count(String path) {
    counts.merge(path, 1, Integer::sum);
  }

  /** A copy, sorted by path. */
  public Map<String, Integer> byPath() {
    return new TreeMap<>(counts);
  }

  /** Starts anew. */
  public void reset() {
    counts.clear();
  }
}
