package dev.onbehalf.pool.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What was decided under the lock and has to be done after unlocking, because it may block. */
final class Todo {
  final List<Waiter> wakeUps = new ArrayList<>(2);

  /** Calls that count as begun. */
  final List<Call> calls = new ArrayList<>(2);

  /** Calls that are overdue, or of no use any more. */
  final List<Call> interrupts = new ArrayList<>(0);

  final List<LeakReport> leaks = new ArrayList<>(0);

  /** What else is to be logged. */
  final List<Runnable> notes = new ArrayList<>(2);

  /** A connection that was not given back for long. */
  record LeakReport(String user, Duration held, Throwable takenBy) {}
}
