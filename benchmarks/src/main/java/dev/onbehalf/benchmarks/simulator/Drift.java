package dev.onbehalf.benchmarks.simulator;

import java.util.SplittableRandom;

/**
 * A Zipf distribution whose users slowly change places: after every so many requests somebody at
 * random changes places with whoever has about half their rank. A newcomer thus climbs step by
 * step, as people do, and how steep the distribution is stays the same.
 *
 * <p>With 2,000 users one of the 50 most popular is replaced after about 40 changes.
 *
 * <p>Not thread-safe.
 */
public final class Drift {
  private final int[] byRank;
  private final Zipf ranks;
  private final int every;
  private final SplittableRandom random;
  private int requests;

  /**
   * Starts with a random order.
   *
   * @param every after how many requests two users change places
   */
  public Drift(int users, double s, int every, SplittableRandom random) {
    this.byRank = Traces.shuffled(users, random);
    this.ranks = new Zipf(users, s);
    this.every = every;
    this.random = random;
  }

  /** Whose request is next. */
  public int next() {
    if (++requests % every == 0) {
      changePlaces();
    }
    return byRank[ranks.next(random)];
  }

  /** Ranks from 0, as in a heap: each has one above it and two below. */
  private void changePlaces() {
    int lower = random.nextInt(1, byRank.length);
    int upper = (lower - 1) / 2;
    int climber = byRank[lower];
    byRank[lower] = byRank[upper];
    byRank[upper] = climber;
  }
}
