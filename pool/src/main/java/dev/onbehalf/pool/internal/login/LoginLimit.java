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
 * <pre>
 *   adapting --128 logins a permit, or at the least--> draining --few are left--> measuring
 *       ^                                                  |                          |
 *       '------------- 8 are measured, or one takes too long --------------------------'
 * </pre>
 *
 * <p>Guarded by the engine's lock.
 */
public final class LoginLimit {
  private static final int FEW = 2;

  /** How much longer logins may take than among few without being in each other's way. */
  private static final double TOLERANCE = 3;

  private static final double SMOOTHING = 0.1;

  /** So many logins for each that may be in flight, and the measure is taken anew. */
  private static final int MEASURE_EVERY = 128;

  /** The first time sooner, for until then nothing is known. */
  private static final int MEASURE_FIRST = 4;

  private static final int SAMPLES = 8;

  private final int most;
  private final int few;
  private double limit;

  /** What one takes, on average; 0 where it isn't known. */
  private double amongFew;

  private double amongMany;

  private long untilMeasured;
  private boolean measuring;

  /** Those that began among many are not counted: as many as are left when the measuring begins. */
  private int toSkip;

  private int samples;
  private double sum;

  public LoginLimit(int most) {
    this.most = most;
    this.few = Math.min(FEW, most);
    this.limit = most;
    this.untilMeasured = (long) MEASURE_FIRST * most;
  }

  public int logins() {
    return measuring ? few : (int) Math.round(limit);
  }

  /**
   * A login has succeeded.
   *
   * @param nanos how long it took
   * @param inFlight how many were in flight with it
   */
  public void succeeded(long nanos, int inFlight) {
    double took = Math.max(1, nanos);
    if (measuring) {
      measure(took, inFlight);
    } else if (2L * inFlight >= limit) { // else it is in nobody's way, and nothing is learnt of it
      adapt(took);
    }
  }

  /** Whoever is waited for any longer tells nothing of the others. */
  public void stopMeasuring() {
    measuring = false;
  }

  private void measure(double took, int inFlight) {
    if (inFlight > few) {
      return;
    }
    if (toSkip > 0) {
      toSkip--;
      return;
    }
    sum += took;
    samples++;
    if (samples == SAMPLES) {
      amongFew = sum / SAMPLES;
      amongMany = amongFew; // what the last many took is no guide to what the next will
      measuring = false;
    }
  }

  private void adapt(double took) {
    amongMany = amongMany == 0 ? took : amongMany + (took - amongMany) * SMOOTHING;
    double before = limit;
    if (amongFew > 0) {
      double gradient = Math.max(0.5, Math.min(1, TOLERANCE * amongFew / amongMany));
      limit += (limit * gradient + 1 - limit) * SMOOTHING;
      limit = Math.max(few, Math.min(most, limit));
    }
    untilMeasured--;
    boolean atTheLeast = logins() == few && limit < before; // to measure costs nothing there
    if (untilMeasured <= 0 || atTheLeast) {
      untilMeasured = (long) MEASURE_EVERY * logins();
      measuring = true;
      toSkip = few;
      samples = 0;
      sum = 0;
    }
  }
}
