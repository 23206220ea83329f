package dev.onbehalf.pool;

/**
 * What one user has otherwise than the base settings say.
 *
 * <pre>{@code
 * manager.getPool("app", new UserPoolOverrides(10, 2));   // up to 10, and 2 that nobody can take
 * }</pre>
 *
 * @param maxConnections how many connections the user may hold, at least 1; what they hold beyond
 *     it when it is lowered closes, once it is idle
 * @param reserve how many of the budget's connections are kept for this user, open or not, so that
 *     no other user can take them; from 0 to {@code maxConnections}
 * @param warm how many connections are logged in before anybody asks, where places are free, and
 *     kept though nobody uses them, from 0 to {@code maxConnections}; others can take their places
 *     beyond {@code reserve}
 * @param allowRlsBypass whether the role may be one that Row-Level Security does not hold back, as
 *     the application's own is; see {@link RlsBypassException}
 */
public record UserPoolOverrides(int maxConnections, int reserve, int warm, boolean allowRlsBypass) {

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException naming the setting and the value
   */
  public UserPoolOverrides {
    if (maxConnections < 1) {
      throw new IllegalArgumentException(
          "maxConnections must be at least 1, not " + maxConnections);
    }
    if (reserve < 0 || reserve > maxConnections) {
      throw new IllegalArgumentException(
          "reserve must be from 0 to maxConnections (" + maxConnections + "), not " + reserve);
    }
    if (warm < 0 || warm > maxConnections) {
      throw new IllegalArgumentException(
          "warm must be from 0 to maxConnections (" + maxConnections + "), not " + warm);
    }
  }

  /** Overrides for a role that Row-Level Security has to hold. */
  public UserPoolOverrides(int maxConnections, int reserve) {
    this(maxConnections, reserve, false);
  }

  /** Overrides without warm connections. */
  public UserPoolOverrides(int maxConnections, int reserve, boolean allowRlsBypass) {
    this(maxConnections, reserve, 0, allowRlsBypass);
  }
}
