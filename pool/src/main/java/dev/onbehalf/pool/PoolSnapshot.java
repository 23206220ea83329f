package dev.onbehalf.pool;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Who holds what, who waits for what, and what was closed lately, at one moment.
 *
 * <pre>{@code
 * PoolSnapshot now = manager.snapshot();
 * now.places().forEach(place -> draw(place.connection(), place.user(), place.state()));
 * now.waiting().forEach(it -> warn(it.user(), it.callers(), it.awaited(), it.age()));
 * }</pre>
 *
 * <p>Bounded: at most {@value #MOST_PLACES} places, {@value #MOST_USERS} users who wait and as many
 * who pause, the last {@value #MOST_EVICTIONS} evictions; the totals count all. It names people,
 * and holds no credential and no server's or provider's message. An immutable value.
 *
 * @param totals what all hold together
 * @param places the physical connections, those being opened or closed too, the oldest first
 * @param waiting whose callers wait, in the order in which they came
 * @param evictions connections closed lately, the latest first
 * @param backOffs whose logins wait after a refused one
 */
public record PoolSnapshot(
    PoolStatistics totals,
    List<Place> places,
    List<Waiting> waiting,
    List<Eviction> evictions,
    List<BackOff> backOffs) {
  public static final int MOST_PLACES = 2_000;
  public static final int MOST_USERS = 200;
  public static final int MOST_EVICTIONS = 64;

  public PoolSnapshot {
    places = List.copyOf(places);
    waiting = List.copyOf(waiting);
    evictions = List.copyOf(evictions);
    backOffs = List.copyOf(backOffs);
  }

  /** What a place of the budget is used for. */
  public enum State {
    /** A login is under way. */
    LOGGING_IN,
    /** It waits for its user. */
    IDLE,
    /** A caller has it. */
    LENT,
    /** The pool has it: to see whether it works, or to clean it. */
    CHECKED,
    /** It is being closed, perhaps for another user's login. */
    CLOSING
  }

  /**
   * One place of the budget.
   *
   * @param connection the connection's number, from its login to its end; no two have the same
   * @param age for how long it has been in that state; zero where that is not known
   * @param leases how often it was lent so far
   */
  public record Place(long connection, String user, State state, Duration age, long leases) {}

  /** What somebody waits for. */
  public enum Awaited {
    /** A credential, which the provider is asked for. */
    CREDENTIAL,
    /** A login that is under way, or that has to wait until others are over. */
    LOGIN,
    /** A place: all are in use. */
    PLACE,
    /** A connection of their own, all of which are in use. */
    OWN_CONNECTION,
    /** The end of {@link UserPoolManager#suspend}. */
    RESUMPTION
  }

  /**
   * Callers of one user who wait for a connection.
   *
   * @param callers how many
   * @param awaited what the first of them waits for
   * @param age for how long the first has waited
   */
  public record Waiting(String user, int callers, Awaited awaited, Duration age) {}

  /** Why a connection was closed, as {@link PoolStatistics.Evictions} tells it. */
  public enum Cause {
    /** Another user needed the place, or the budget has shrunk. */
    BUDGET,
    /** Nobody took it for {@code idleTimeout}, or for less while the server is full. */
    IDLE,
    /** It reached {@code maxLifetime}. */
    LIFETIME,
    /** It failed, or was found dead. */
    BROKEN,
    /** Its pool or the manager was closed, it was evicted, or its user may have fewer now. */
    CLOSED
  }

  /**
   * A connection that was closed.
   *
   * @param connection its number
   * @param successor the user who got its place, where it was closed for one
   * @param ago when that was decided
   * @param unused for how long nobody had used it
   * @param leases how often it had been lent
   */
  public record Eviction(
      long connection,
      String user,
      Cause cause,
      Optional<String> successor,
      Duration ago,
      Duration unused,
      long leases) {}

  /**
   * A user whose logins wait.
   *
   * @param sqlState what the last one was refused with; empty where it said nothing
   * @param left how long they still wait; zero where the next one may begin
   */
  public record BackOff(String user, String sqlState, Duration left) {}
}
