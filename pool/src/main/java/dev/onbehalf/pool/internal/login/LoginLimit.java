package dev.onbehalf.pool.internal.login;

/**
 * How many logins are in flight at once: as many as the machine and the server bear, as their
 * latency tells, and never more than the setting. Each keeps a place cold while it lasts; where
 * they only make each other slower, fewer of them log in as many users and leave more places warm.
 *
 * <p>What logins take when a few are in flight is the measure. As long as those of more take little
 * more than that, one more is tried; the longer they take, the fewer there are. That is how TCP
 * Vegas finds its window (Brakmo and Peterson, "TCP Vegas: End to End Congestion Avoidance on a
 * Global Internet", IEEE JSAC 13(8), 1995). From time to time only a few are made, to measure anew;
 * that is from BBR (Cardwell et al., "BBR: Congestion-Based Congestion Control", ACM Queue 14(5),
 * 2016). Unlike theirs, the measure is a mean and not the least: what slows down few as it slows
 * down many, a busy neighbour say, is no reason for fewer.
 *
 * <p>Guarded by the engine's lock.
 */
public final class LoginLimit {
  /** How much longer logins may take than the measure without being in each other's way. */
  private static final double TOLERANCE = 2;

  private static final double SMOOTHING = 0.1;

  /** So many logins later the measure is taken anew. */
  private static final int MEASURE_EVERY = 500;

  private final int most;
  private final int least;
  private double limit;

  /** What one takes among few, and among as many as may be; smoothed, 0 where it isn't known. */
  private double amongFew;

  private double amongMany;

  private int untilMeasure;
  private int toMeasure;

  public LoginLimit(int most) {
    this.most = most;
    this.least = Math.min(2, most);
    this.limit = most;
    this.untilMeasure = 4 * Math.min(most, MEASURE_EVERY / 4);
  }

  public int logins() {
    return toMeasure > 0 ? least : (int) Math.round(limit);
  }

  /**
   * A login has succeeded.
   *
   * @param nanos how long it took
   * @param inFlight how many were in flight with it
   */
  public void succeeded(long nanos, int inFlight) {
    double took = Math.max(1, nanos);
    if (logins() == least && inFlight <= least) {
      amongFew = smoothed(amongFew, took);
    }
    if (toMeasure > 0) {
      toMeasure--;
      return;
    }
    if (--untilMeasure <= 0) {
      untilMeasure = MEASURE_EVERY;
      toMeasure = Math.min(most, MEASURE_EVERY / 4);
    }
    amongMany = smoothed(amongMany, took);
    if (amongFew == 0 || 2 * inFlight < limit) {
      return; // nothing to compare with, or the limit is in nobody's way
    }
    double gradient = Math.max(0.5, Math.min(1, TOLERANCE * amongFew / amongMany));
    limit += (limit * gradient + 1 - limit) * SMOOTHING;
    limit = Math.max(least, Math.min(most, limit));
  }

  private static double smoothed(double before, double now) {
    return before == 0 ? now : before + (now - before) * SMOOTHING;
  }
}
