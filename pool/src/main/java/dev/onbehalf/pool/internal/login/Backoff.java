package dev.onbehalf.pool.internal.login;

import dev.onbehalf.pool.internal.jdbc.SqlStates;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a user's next login has to wait after failed ones: from 250 ms, doubling. A refusal of
 * this user (SQLState classes 28 and 3D, 08004, or none at all) doubles up to 30 s; a server that
 * can't be reached says nothing about the user, and is tried again after half a second at most.
 *
 * <p>An immutable value.
 */
public record Backoff(SQLException cause, long until, long delay) {
  private static final long FIRST = Duration.ofMillis(250).toNanos();
  private static final long LONGEST_REFUSED = Duration.ofSeconds(30).toNanos();
  private static final long LONGEST_UNREACHABLE = Duration.ofMillis(500).toNanos();

  public static Backoff after(@Nullable Backoff earlier, SQLException cause, long now) {
    long longest = isRefusal(cause.getSQLState()) ? LONGEST_REFUSED : LONGEST_UNREACHABLE;
    long delay = earlier == null ? FIRST : Math.min(longest, earlier.delay * 2);
    return new Backoff(cause, now + delay, delay);
  }

  public boolean isActive(long now) {
    return now - until < 0;
  }

  private static boolean isRefusal(@Nullable String state) {
    return state == null
        || state.startsWith("28")
        || state.startsWith("3D")
        || state.equals(SqlStates.CONNECTION_REJECTED); // without a credential
  }
}
