package dev.onbehalf.pool.internal.evicting;

/**
 * The histories of closed connections, in a table of fixed size: where it is full, the least used
 * one gives way. Twelve bytes a history. Not thread-safe.
 */
final class ClosedConnections {
  /*
   * A set-associative cache, as in a processor: a key's history is in one of the four places of its
   * set. Nobody has to walk over the table to age it, as the halving of a frequency sketch would
   * need, because each count is aged by its own time when it is looked at.
   */

  private static final int WAYS = 4;

  private final int window;
  private final int[] keys;
  private final float[] counts; // 0: a free place
  private final int[] lastRequests;
  private int hand;

  ClosedConnections(int capacity, int window) {
    this.window = window;
    int places = Math.max(WAYS, Integer.highestOneBit(2 * capacity - 1));
    keys = new int[places];
    counts = new float[places];
    lastRequests = new int[places];
  }

  int capacity() {
    return keys.length;
  }

  /** Returns the place of a key's history, or -1. */
  int find(int key) {
    int set = firstOfSet(key);
    for (int i = set; i < set + WAYS; i++) {
      if (keys[i] == key && counts[i] > 0) {
        return i;
      }
    }
    return -1;
  }

  /** Moves on to the next place, and returns it, or -1 if it is free. */
  int next() {
    hand = (hand + 1) & (keys.length - 1);
    return counts[hand] > 0 ? hand : -1;
  }

  float count(int place) {
    return counts[place];
  }

  int lastRequest(int place) {
    return lastRequests[place];
  }

  void remove(int place) {
    counts[place] = 0;
  }

  void add(int key, float count, int lastRequest, int now) {
    int place = find(key);
    if (place < 0) {
      place = leastUsedOfSet(firstOfSet(key), now);
    }
    keys[place] = key;
    counts[place] = count;
    lastRequests[place] = lastRequest;
  }

  private int leastUsedOfSet(int set, int now) {
    int leastUsed = set;
    float least = Float.POSITIVE_INFINITY;
    for (int i = set; i < set + WAYS; i++) {
      float count = counts[i] * EvictionPolicy.decay(now - lastRequests[i], window);
      if (count < least) {
        least = count;
        leastUsed = i;
      }
    }
    return leastUsed;
  }

  private int firstOfSet(int key) {
    int hash = key * 0x85EBCA6B;
    return (hash ^ (hash >>> 15)) * WAYS & (keys.length - 1);
  }
}
