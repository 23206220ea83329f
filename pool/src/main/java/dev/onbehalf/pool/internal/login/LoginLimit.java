package dev.onbehalf.pool.internal.login;

/**
 * How many logins are in flight at once: as many as the machine and the server bear, as their
 * latency tells, and never more than the setting. Each keeps a place cold while it lasts; where
 * they only make each other slower, fewer of them log in as many users and leave more places warm.
 *
 * <p>The latency of logins that have the machine nearly to themselves is the measure. As long as
 * logins take little more, one more is tried; the longer they take, the fewer there are. That is
 * how TCP Vegas finds its window (Brakmo and Peterson, "TCP Vegas: End to End Congestion Avoidance
 * on a Global Internet", IEEE JSAC 13(8), 1995). From time to time a few logins are made at the
 * least, to measure anew; that is from BBR (Cardwell et al., "BBR: Congestion-Based Congestion
 * Control", ACM Queue 14(5), 2016).
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
  private final int measured;
  private double limit;
  private double measure = Double.MAX_VALUE;
  private double fastest = Double.MAX_VALUE;
  private double recent;
  private int logins;

  public LoginLimit(int most) {
    this.most = most;
    this.least = Math.min(2, most);
    this.measured = 2 * Math.min(most, MEASURE_EVERY / 4);
    this.limit = most;
  }

  public int logins() {
    return isMeasuring() ? least : (int) Math.round(limit);
  }

  private boolean isMeasuring() {
    return logins >= MEASURE_EVERY;
  }

  /**
   * A login has succeeded.
   *
   * @param nanos how long it took
   * @param inFlight how many were in flight with it
   */
  public void succeeded(long nanos, int inFlight) {
    double took = Math.max(1, nanos);
    logins++;
    if (isMeasuring()) {
      measure(took);
      return;
    }
    measure = Math.min(measure, took);
    recent = recent == 0 ? took : recent + (took - recent) * SMOOTHING;
    if (2 * inFlight < limit) {
      return; // the limit is in nobody's way, and nothing is learnt of it
    }
    double gradient = Math.max(0.5, Math.min(1, TOLERANCE * measure / recent));
    limit += (limit * gradient + 1 - limit) * SMOOTHING;
    limit = Math.max(least, Math.min(most, limit));
  }

  private void measure(double took) {
    fastest = Math.min(fastest, took);
    if (logins >= MEASURE_EVERY + measured) {
      measure = fastest;
      fastest = Double.MAX_VALUE;
      logins = 0;
    }
  }
}
