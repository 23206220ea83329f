package dev.onbehalf.benchmarks.simulator;

import java.util.Arrays;
import java.util.Comparator;
import java.util.TreeSet;

/**
 * What could be reached by somebody who knows the whole trace beforehand, one request at a time.
 */
final class Bounds {
  private Bounds() {}

  /**
   * The hit rate when the users with the most requests after the warm-up keep a connection each.
   */
  static double bestStatic(Trace trace, int budget) {
    int[] counts = new int[trace.users()];
    for (int i = trace.warmUp(); i < trace.requests().length; i++) {
      counts[trace.requests()[i]]++;
    }
    Arrays.sort(counts);
    int kept = 0;
    for (int i = Math.max(0, counts.length - budget); i < counts.length; i++) {
      kept += counts[i];
    }
    return (double) kept / trace.counted();
  }

  /**
   * The hit rate of Belady's rule, which closes the connection whose user comes back last (L. A.
   * Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems Journal
   * 5(2), 1966). As for every policy here, each request ends with a connection.
   */
  static double optimum(Trace trace, int budget) {
    record Open(int user, int nextRequest) {}
    int[] requests = trace.requests();
    int[] next = nextRequests(trace);
    TreeSet<Open> byNextRequest =
        new TreeSet<>(Comparator.comparingInt(Open::nextRequest).thenComparingInt(Open::user));
    int hits = 0;
    for (int i = 0; i < requests.length; i++) {
      boolean hit = byNextRequest.remove(new Open(requests[i], i));
      if (hit && i >= trace.warmUp()) {
        hits++;
      }
      if (byNextRequest.size() == budget) {
        byNextRequest.pollLast();
      }
      byNextRequest.add(new Open(requests[i], next[i]));
    }
    return (double) hits / trace.counted();
  }

  private static int[] nextRequests(Trace trace) {
    int[] upcoming = new int[trace.users()];
    Arrays.fill(upcoming, Integer.MAX_VALUE);
    int[] next = new int[trace.requests().length];
    for (int i = next.length - 1; i >= 0; i--) {
      int user = trace.requests()[i];
      next[i] = upcoming[user];
      upcoming[user] = i;
    }
    return next;
  }
}
