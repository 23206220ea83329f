package dev.onbehalf.spring.dashboard;

import dev.onbehalf.pool.Observer;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * How long acquisitions took, from one {@link #take} to the next: counts in classes whose width
 * grows with the time, eight to each doubling, so that a percentile is 12.5 % too high at the most.
 * One kilobyte, and while nobody looks nothing: an acquisition then costs one reading of a field.
 *
 * <pre>{@code
 * builder.observer(times.and(observer));
 * times.start();
 * AcquireTimes.Counts second = times.take(); // second.percentile(0.99), in microseconds
 * }</pre>
 *
 * <p>Thread-safe. What is counted while {@code take} runs may be lost.
 */
public final class AcquireTimes implements Observer {
  private static final int PER_OCTAVE_BITS = 3;
  private static final int PER_OCTAVE = 1 << PER_OCTAVE_BITS;
  private static final int CLASSES = 256;
  private static final long LONGEST_MICROS = 1L << 32;

  /** Null while nobody looks. */
  private volatile @Nullable AtomicIntegerArray counts;

  /** What was counted. */
  public static final class Counts {
    private final AtomicIntegerArray counts;

    private Counts(AtomicIntegerArray counts) {
      this.counts = counts;
    }

    /**
     * The time within which that share of acquisitions had a connection, in microseconds; -1 where
     * there was none.
     *
     * @param share more than 0, at most 1
     */
    public long percentile(double share) {
      long all = 0;
      for (int i = 0; i < CLASSES; i++) {
        all += counts.get(i);
      }
      long rank = (long) Math.ceil(share * all);
      long seen = 0;
      for (int i = 0; i < CLASSES; i++) {
        seen += counts.get(i);
        if (seen >= rank && seen > 0) {
          return longestOf(i);
        }
      }
      return -1;
    }
  }

  /** From now on it is counted. */
  void start() {
    counts = new AtomicIntegerArray(CLASSES);
  }

  /** Nobody looks any more. */
  void stop() {
    counts = null;
  }

  /** What was counted since the last time, or the start. */
  Counts take() {
    AtomicIntegerArray former = counts;
    counts = new AtomicIntegerArray(CLASSES);
    return new Counts(former == null ? new AtomicIntegerArray(CLASSES) : former);
  }

  @Override
  public boolean hearsLeases() {
    return true;
  }

  @Override
  public void leased(long nanos, boolean opened) {
    took(nanos);
  }

  void took(long nanos) {
    AtomicIntegerArray now = counts;
    if (now != null) {
      now.incrementAndGet(classOf(nanos / 1_000));
    }
  }

  private static int classOf(long micros) {
    long time = Math.max(0, Math.min(micros, LONGEST_MICROS));
    if (time < PER_OCTAVE) {
      return (int) time;
    }
    int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(time); // 3 and more
    int within = (int) (time >>> (octave - PER_OCTAVE_BITS)) & (PER_OCTAVE - 1);
    return Math.min(CLASSES - 1, ((octave - PER_OCTAVE_BITS + 1) << PER_OCTAVE_BITS) + within);
  }

  private static long longestOf(int index) {
    if (index < PER_OCTAVE) {
      return index + 1L;
    }
    int octave = (index >> PER_OCTAVE_BITS) + PER_OCTAVE_BITS - 1;
    long within = index & (PER_OCTAVE - 1);
    return (PER_OCTAVE + within + 1) << (octave - PER_OCTAVE_BITS);
  }
}
