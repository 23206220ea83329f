package dev.onbehalf.pool;

import java.sql.SQLException;

/**
 * Says whether a user may be lent a connection at this moment: somebody who signed out elsewhere
 * may not, and who can't know of that lends nothing.
 *
 * <pre>{@code
 * LeaseGuard guard = (user, deadline) -> {
 *   if (!news.areUpToDate()) news.await(deadline);   // closes the pools of whom they are about
 * };
 * }</pre>
 *
 * <p>Asked on the caller's thread for each acquisition, when the connection is in hand and before
 * it is looked at whether that may still serve: what the guard has {@linkplain
 * UserPoolManager#closePool closed} meanwhile is not lent. Asked before a wait too, so that nothing
 * is opened in vain. Where there is one, an acquisition costs what it costs. Thread-safe.
 */
@FunctionalInterface
public interface LeaseGuard {
  /** Nobody is asked. */
  LeaseGuard NONE = (user, deadline) -> {};

  /**
   * Returns when the user may be lent a connection; at once as a rule.
   *
   * @param deadline until when the caller waits, as {@link System#nanoTime} counts
   * @throws SQLException when that can't be, or the time is over
   */
  void admit(String user, long deadline) throws SQLException;
}
