package dev.onbehalf.benchmarks.simulator;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Request sequences; the same seed gives the same sequence everywhere. */
final class Traces {
  private Traces() {}

  /** The user of rank r (from 1) makes a share of the requests that is proportional to 1 / r^s. */
  static int[] zipf(int users, double s, int length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] byRank = shuffled(users, random);
    Zipf ranks = new Zipf(users, s);
    int[] requests = new int[length];
    for (int i = 0; i < length; i++) {
      requests[i] = byRank[ranks.next(random)];
    }
    return requests;
  }

  /**
   * Always the same number of visitors is present; each request comes from a random one of them.
   * Each makes 5 to 60 requests and leaves, and a random other user arrives.
   */
  static int[] visitors(int users, int present, int length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean[] here = new boolean[users];
    int[] visitor = new int[present];
    Arrays.fill(visitor, -1);
    int[] left = new int[present];
    int[] requests = new int[length];
    for (int i = 0; i < length; i++) {
      int place = i < present ? i : random.nextInt(present);
      if (left[place] == 0) {
        if (visitor[place] >= 0) {
          here[visitor[place]] = false;
        }
        do {
          visitor[place] = random.nextInt(users);
        } while (here[visitor[place]]);
        here[visitor[place]] = true;
        left[place] = random.nextInt(Sessions.SHORTEST, Sessions.LONGEST + 1);
      }
      left[place]--;
      requests[i] = visitor[place];
    }
    return requests;
  }

  /** Visitors in real time, five seconds between two requests; see {@link Sessions}. */
  static int[] arrivals(int users, int meanPresent, int length, long seed) {
    Sessions sessions = new Sessions(users, meanPresent, 5, new SplittableRandom(seed));
    int[] requests = new int[length];
    Arrays.setAll(requests, i -> sessions.next());
    return requests;
  }

  /** Popularity that drifts; see {@link Drift}. */
  static int[] drifting(int users, double s, int every, int length, long seed) {
    Drift drift = new Drift(users, s, every, new SplittableRandom(seed));
    int[] requests = new int[length];
    Arrays.setAll(requests, i -> drift.next());
    return requests;
  }

  /** After every so many requests comes one from each user, in random order. */
  static int[] withScans(int[] requests, int users, int every, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] result = new int[0];
    for (int from = 0; from < requests.length; from += every) {
      int to = Math.min(requests.length, from + every);
      result = concat(result, Arrays.copyOfRange(requests, from, to), shuffled(users, random));
    }
    return result;
  }

  static int[] concat(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }

  static int[] shuffled(int users, SplittableRandom random) {
    int[] order = IntStream.range(0, users).toArray();
    for (int i = users - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int moved = order[i];
      order[i] = order[j];
      order[j] = moved;
    }
    return order;
  }

  /** A random time to the next of events that are independent of each other. */
  static double exponential(double mean, SplittableRandom random) {
    return -mean * Math.log(1 - random.nextDouble());
  }
}
