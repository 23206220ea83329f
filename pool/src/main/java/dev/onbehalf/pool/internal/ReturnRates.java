package dev.onbehalf.pool.internal;

/**
 * How soon connections are needed again: for each class of request count and age since the latest
 * request, the requests per unit of time that such connections get, learnt as they come. Not
 * thread-safe.
 */
final class ReturnRates {
  /*
   * A rate is occurrences over exposure, as in survival analysis: the requests that came to
   * connections of a class, divided by the time that connections spent in it. Classes are octaves,
   * of counts (rows) and of ages (columns); between the classes' middles, rates are interpolated,
   * so that within a class more use and a later use still count for more.
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
   * What is learnt fades as fast as the counts do, row by row, so that a decision never pays for
   * more than one row.
   */

  private static final float PRIOR_WEIGHT = 0.3f;
  private static final float KEEP = 0.9f;
  private static final int REFRESHES_PER_WINDOW = 10;

  private final int window;
  private final int rows;
  private final int columns;
  private final float[] requests;
  private final float[] exposures;
  private final float[] worth;
  private int row;
  private int refreshed;

  ReturnRates(int window) {
    this.window = window;
    rows = 33 - Integer.numberOfLeadingZeros(window); // no aged count exceeds the window
    columns = Math.min(30, rows + 6);
    requests = new float[rows * columns];
    exposures = new float[rows * columns];
    worth = new float[rows * columns];
    for (row = 0; row < rows; row++) {
      refresh();
    }
    row = 0;
  }

  /** Notes that connections of this count and age got requests. */
  void returned(float count, int age, int times) {
    requests[cell(count, age)] += times;
  }

  /** Notes that connections of this count and age were waiting for a request. */
  void exposed(float count, int age, float time) {
    exposures[cell(count, age)] += time;
  }

  /** Returns how many requests per unit of time a connection of this count and age will get. */
  float rate(float count, int age) {
    float y = clamp(log2(count), rows - 1);
    float x = clamp(log2(1f + nonNegative(age)) - 0.5f, columns - 1);
    int top = (int) y;
    int left = (int) x;
    int at = top * columns + left;
    float down = y - top;
    float right = x - left;
    float upper = worth[at] + (worth[at + 1] - worth[at]) * right;
    float lower = worth[at + columns] + (worth[at + columns + 1] - worth[at + columns]) * right;
    return upper + (lower - upper) * down;
  }

  /** Lets what was learnt fade, one row at most; cheap to call with each decision. */
  void age(int now) {
    if (now - refreshed < window / (REFRESHES_PER_WINDOW * rows)) {
      return;
    }
    refreshed = now;
    refresh();
    for (int i = row * columns; i < (row + 1) * columns; i++) {
      requests[i] *= KEEP;
      exposures[i] *= KEEP;
    }
    row = (row + 1) % rows;
  }

  private void refresh() {
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
      worth[row * columns + column] = best;
    }
  }

  private int cell(float count, int age) {
    int y = (int) (clamp(log2(count), rows - 1) + 0.5f);
    int x = Math.min(columns - 1, 31 - Integer.numberOfLeadingZeros(nonNegative(age) + 1));
    return y * columns + x;
  }

  /** The clock is an int that wraps; what seems to come from the future is very old. */
  private static int nonNegative(int age) {
    return age >= 0 ? age : Integer.MAX_VALUE - 1;
  }

  /** Limits to [0, limit), so that the next class is still within the table. */
  private static float clamp(float x, int limit) {
    return Math.max(0, Math.min(limit - 0.001f, x));
  }

  /** The logarithm of a positive number, linear between powers of two. */
  private static float log2(float x) {
    int bits = Float.floatToRawIntBits(x);
    return (bits >>> 23) - 127 + (bits & 0x7FFFFF) * 0x1p-23f;
  }
}
