package dev.onbehalf.pool.internal.evicting;

/**
 * How soon connections are needed again: for each class of request count and age since the latest
 * request, the requests per unit of time that such connections get, learnt as they come. Not
 * thread-safe.
 */
final class ReturnRates {
  /*
   * A rate is occurrences over exposure, as in survival analysis: the requests that came to
   * connections of a class, divided by the time that connections spent in it. Classes are octaves,
   * of counts (rows) and of ages (columns).
   *
   * Until a class has shown otherwise, we take it that a user comes back as often as before, at any
   * age: count / window. This prior weighs as much as a third of a request. On its own it is LFU
   * with ageing, the best choice where popularity is steady. An exposure without requests soon
   * outweighs it.
   *
   * The worth of a connection is not its rate at this instant but the best rate over any time to
   * come, since a user who thinks for a while between two requests is not gone. This is Gittins'
   * index (J. C. Gittins, "Bandit Processes and Dynamic Allocation Indices", J. Royal Statistical
   * Society B 41(2), 1979): the largest ratio, over all horizons, of the chance that it is needed
   * by then to the time we expect to wait.
   *
   * Worths are read for each connection that a decision looks at, and change seldom. So they are
   * laid out for reading, in quarters of octaves, interpolated between the classes' middles: within
   * a class, more use and a later use still count for more. What is learnt fades as fast as the
   * counts do, row by row, so that no decision pays for more than one row.
   */

  private static final float PRIOR_WEIGHT = 0.3f;
  private static final float KEEP = 0.9f;
  private static final int REFRESHES_PER_WINDOW = 10;
  private static final int STEP_BITS = 2;
  private static final int STEPS = 1 << STEP_BITS; // in an octave

  private final int window;
  private final int rows;
  private final int columns;
  private final float[] requests;
  private final float[] exposures;
  private final float[] worths;

  private final int fineRows;
  private final int fineColumns;
  private final float[] fineWorths;

  private int nextRow;
  private int refreshed;

  ReturnRates(int window) {
    this.window = window;
    rows = 33 - Integer.numberOfLeadingZeros(window); // no aged count exceeds the window
    columns = Math.min(31, rows + 6);
    requests = new float[rows * columns];
    exposures = new float[rows * columns];
    worths = new float[rows * columns];
    fineRows = (rows - 1) * STEPS;
    fineColumns = columns * STEPS;
    fineWorths = new float[fineRows * fineColumns];
    for (int row = 0; row < rows; row++) {
      refresh(row);
    }
  }

  /** Notes that connections of this count and age got requests. */
  void returned(float count, int age, int times) {
    requests[cell(count, age)] += times;
  }

  /** Notes that connections of this count and age were waiting for a request. */
  void exposed(float count, int age, float time) {
    exposures[cell(count, age)] += time;
  }

  /** Compares what connections of this count and age are worth: requests per unit of time. */
  float worth(float count, int age) {
    int row = Math.min(countSteps(count), fineRows - 1);
    int column = Math.min(ageSteps(age), fineColumns - 1);
    return fineWorths[row * fineColumns + column];
  }

  /** Lets what was learnt fade, one row at most; cheap to call often. */
  void fade(int now) {
    if (now - refreshed < window / (REFRESHES_PER_WINDOW * rows)) {
      return;
    }
    refreshed = now;
    refresh(nextRow);
    for (int i = nextRow * columns; i < (nextRow + 1) * columns; i++) {
      requests[i] *= KEEP;
      exposures[i] *= KEEP;
    }
    nextRow = (nextRow + 1) % rows;
  }

  private void refresh(int row) {
    float prior = (float) (1 << row) / window;
    for (int column = 0; column < columns; column++) {
      float chance = 0;
      float time = 0;
      float waiting = 1;
      float best = 0;
      for (int later = column; later < columns; later++) {
        int at = row * columns + later;
        float rate = prior * (requests[at] + PRIOR_WEIGHT) / (exposures[at] * prior + PRIOR_WEIGHT);
        float width = 1 << later;
        waiting /= 1 + rate * width; // for exp(-rate * width)
        chance += waiting * rate * width;
        time += waiting * width;
        best = Math.max(best, chance / time);
      }
      worths[row * columns + column] = best;
    }
    int end = Math.min(fineRows, (row + 1) * STEPS);
    for (int fineRow = Math.max(0, (row - 1) * STEPS); fineRow < end; fineRow++) {
      interpolate(fineRow);
    }
  }

  private void interpolate(int fineRow) {
    float y = (fineRow + 0.5f) / STEPS;
    int row = (int) y;
    int upper = row * columns;
    for (int fineColumn = 0; fineColumn < fineColumns; fineColumn++) {
      float x = Math.max(0, Math.min(columns - 1.01f, (fineColumn + 0.5f) / STEPS - 0.5f));
      int left = (int) x;
      float above = between(worths[upper + left], worths[upper + left + 1], x - left);
      int lower = upper + columns;
      float below = between(worths[lower + left], worths[lower + left + 1], x - left);
      fineWorths[fineRow * fineColumns + fineColumn] = between(above, below, y - row);
    }
  }

  private static float between(float from, float to, float share) {
    return from + (to - from) * share;
  }

  private int cell(float count, int age) {
    int row = Math.min((countSteps(count) + STEPS / 2) / STEPS, rows - 1);
    int column = Math.min(ageSteps(age) / STEPS, columns - 1);
    return row * columns + column;
  }

  /** log2(count) in steps: a float's exponent and mantissa, side by side, are just that. */
  private static int countSteps(float count) {
    int steps = (Float.floatToRawIntBits(count) >> (23 - STEP_BITS)) - 127 * STEPS;
    return Math.max(0, steps);
  }

  /** log2(1 + age) in steps; what seems to come from the future is as old as the clock. */
  private static int ageSteps(int age) {
    int x = (age & Integer.MAX_VALUE) + 1;
    int zeros = Integer.numberOfLeadingZeros(x);
    int mantissa = x << zeros >>> (31 - STEP_BITS);
    return ((31 - zeros) << STEP_BITS) + (mantissa & (STEPS - 1));
  }
}
