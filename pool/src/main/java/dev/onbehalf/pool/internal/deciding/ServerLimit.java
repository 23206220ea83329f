package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.internal.jdbc.PostgresDriver;
import dev.onbehalf.pool.internal.jdbc.SqlStates;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many connections the server bears, as far as its refusals tell (SQLState 53300: PostgreSQL's
 * {@code max_connections} may be smaller than the budget, or other clients may have their share).
 *
 * <p>A refusal lowers the limit to what is open. From then on the pool behaves as with a budget of
 * that size; now and then it tries with more, in steps that double while the server takes it and
 * begin anew when it refuses. Each trial that is refused doubles the time to the next, until one
 * goes above what was refused, so that a server which is simply small is left alone.
 *
 * <p>A trial that is refused gives something back: additive increase and multiplicative decrease is
 * what leads several that share a server, and know nothing of each other, to shares that are alike
 * (Chiu and Jain, "Analysis of the Increase and Decrease Algorithms", 1989). So does that who has
 * less of its budget tries sooner. Who has nothing at all lets its pauses grow less: what another
 * gives back, or closes for a moment, is gone soon.
 *
 * <p>Guarded by the engine's lock.
 */
public final class ServerLimit {
  private static final long FIRST_PAUSE = Duration.ofMillis(20).toNanos();
  private static final long LONGEST_PAUSE = Duration.ofMillis(500).toNanos();
  private static final long PAUSE_WITHOUT_ANY = Duration.ofMillis(250).toNanos();
  private static final long SOONEST_TRIAL = Duration.ofMillis(250).toNanos();
  private static final long FIRST_TRIAL = Duration.ofSeconds(1).toNanos();
  private static final long LATEST_TRIAL = Duration.ofSeconds(30).toNanos();

  private static final int PART_GIVEN_BACK = 8;

  /** So many logins that succeed after a trial say that it was not refused; so does time. */
  private static final int PROOF = 8;

  /** After so many it is the latest trial, however soon the first was. */
  private static final int MOST_DOUBLINGS = 10;

  private int budget;
  private int limit;
  private int step = 1;
  private long pause = FIRST_PAUSE;
  private long pausedUntil;
  private long nextTrial;

  /** How many were open when a trial was refused the last time. */
  private int ceiling;

  /** How many trials were refused since one went above that. */
  private int refusedTrials;

  /** How many logins have succeeded since the latest trial, and until when it can be refused. */
  private int succeeded;

  private long verdict;

  private boolean paused;

  /** Whether more is being tried than was borne before. */
  private boolean trying;

  private @Nullable SQLException refusal;
  private boolean refusedOnce;
  private long refusedAt;

  ServerLimit(int budget) {
    this.budget = budget;
    this.limit = budget;
  }

  /** Whether a refused login says that the server is full, and not that this role may no more. */
  public static boolean isTold(SQLException cause) {
    return SqlStates.TOO_MANY_CONNECTIONS.equals(cause.getSQLState()) && !isOfRole(cause);
  }

  /** PostgreSQL has one SQLState for both; a role's own is its CONNECTION LIMIT. */
  private static boolean isOfRole(SQLException cause) {
    String routine = PostgresDriver.routine(cause);
    if (routine != null) { // for messages are in the server's language
      return routine.equals("InitializeSessionUserId");
    }
    // From 16 on, the last slots are "reserved for roles with the SUPERUSER attribute".
    String message = cause.getMessage();
    return message != null && message.contains("for role \"");
  }

  /** The budget, or what the server bears of it. */
  public int limit() {
    return limit;
  }

  /** What there may be at most. */
  int budget() {
    return budget;
  }

  /** The budget is another one from now on; what the server refused, it still refuses. */
  void move(int value) {
    if (value == budget) {
      return;
    }
    boolean refused = isLowered() && limit < value;
    budget = value;
    if (!refused) {
      limit = value;
      refusal = null;
      step = 1;
      trying = false;
      refusedTrials = 0;
    }
  }

  boolean isLowered() {
    return limit < budget;
  }

  /** Why it is lowered; null when it isn't. */
  public @Nullable SQLException refusal() {
    return refusal;
  }

  /** Whether it refused a login so lately that others may be waiting for what we don't use. */
  boolean wasFullLately(long now) {
    return refusedOnce && now - refusedAt < LATEST_TRIAL;
  }

  /** Whether logins wait a little, so that what was closed lately is gone from the server. */
  public boolean isPaused(long now) {
    return paused && now - pausedUntil < 0;
  }

  /**
   * The server refused a login.
   *
   * @param used places in use, without that login's
   * @param least how far the limit may fall
   */
  void refused(SQLException cause, int used, int least, long now) {
    boolean wasTrial = trying;
    boolean planned = isLowered() && !wasTrial;
    int borne = used;
    if (wasTrial) {
      borne -= Math.max(1, used / PART_GIVEN_BACK);
      ceiling = used;
      refusedTrials = Math.min(refusedTrials + 1, MOST_DOUBLINGS);
      trying = false;
    }
    limit = Math.min(limit, Math.max(borne, least));
    refusal = cause;
    refusedOnce = true;
    refusedAt = now;
    paused = true;
    long longest = used == 0 ? PAUSE_WITHOUT_ANY : LONGEST_PAUSE;
    pausedUntil = now + Math.min(pause, longest);
    pause = Math.min(2 * pause, longest);
    step = 1;
    long next = now + (wasTrial ? untilTrial() : soonest());
    nextTrial = planned ? sooner(nextTrial, next) : next;
  }

  /** A login succeeded. */
  void accepted(long now) {
    paused = false;
    pause = FIRST_PAUSE;
    if (!isLowered()) {
      refusal = null;
    }
    if (trying && ++succeeded >= PROOF) {
      passed(now);
    }
  }

  /** What was given back and is taken again proves nothing. */
  private void passed(long now) {
    trying = false;
    if (limit > ceiling) {
      refusedTrials = 0;
      nextTrial = sooner(nextTrial, now + untilTrial());
    }
  }

  private static long sooner(long one, long other) {
    return one - other < 0 ? one : other;
  }

  /** Tries with more where it is time to; true if the limit rose. */
  boolean tryMore(long now) {
    if (trying && now - verdict >= 0) {
      passed(now);
    }
    if (!isLowered() || now - nextTrial < 0) {
      return false;
    }
    boolean regains = limit < ceiling; // what was given back comes first
    int more = regains ? ceiling - limit : step;
    limit = (int) Math.min(budget, (long) limit + more);
    trying = true;
    verdict = now + FIRST_TRIAL;
    succeeded = 0;
    step = regains ? 1 : Math.min(2 * step, budget);
    nextTrial = now + untilTrial();
    if (!isLowered()) {
      refusal = null;
      step = 1;
    }
    return true;
  }

  private long untilTrial() {
    return Math.min(LATEST_TRIAL, soonest() << refusedTrials);
  }

  /** The less of its budget a pool has, the sooner it tries: that makes shares alike. */
  private long soonest() {
    double share = limit / (double) Math.max(1, budget);
    return Math.max(SOONEST_TRIAL, (long) (FIRST_TRIAL * share * share));
  }

  /** When {@link #isPaused} ends or more is tried, in nanoseconds from now. */
  long untilChange(long now) {
    long left = isPaused(now) ? pausedUntil - now : Long.MAX_VALUE;
    left = trying ? Math.min(left, Math.max(0, verdict - now)) : left;
    return isLowered() ? Math.min(left, Math.max(0, nextTrial - now)) : left;
  }
}
