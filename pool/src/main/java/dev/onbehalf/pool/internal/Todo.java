package dev.onbehalf.pool.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was decided under the lock and has to be done after unlocking, because it may block. */
final class Todo {
  final List<Waiter> wakeUps = new ArrayList<>(2);
  final List<LoginOrder> logins = new ArrayList<>(2);
  final List<Entry> closings = new ArrayList<>(2);
  final List<Entry> aborts = new ArrayList<>(0);
  final List<Entry> checks = new ArrayList<>(0);
  final List<LeakReport> leaks = new ArrayList<>(0);
  final List<UserChange> userChanges = new ArrayList<>(2);

  /**
   * A login to be made.
   *
   * @param epoch the slot's epoch when it was ordered
   * @param evicted the connection whose place the login gets, to be closed first
   * @param since when it was ordered
   * @param requireRowSecurity whether Row-Level Security has to hold the role
   */
  record LoginOrder(
      Slot slot, int epoch, @Nullable Entry evicted, long since, boolean requireRowSecurity) {}

  /** A user came or went, and how many users and connections there were then. */
  record UserChange(String user, String change, int users, int connections) {}

  /** A connection that was not given back for long. */
  record LeakReport(String user, Duration held, Throwable takenBy) {}
}
