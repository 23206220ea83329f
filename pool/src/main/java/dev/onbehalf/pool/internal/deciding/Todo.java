package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.internal.user.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What was decided under the lock and has to be done after unlocking, because it may block. */
public final class Todo {
  private final List<Waiter> wakeUps = new ArrayList<>(2);
  private final List<Call> calls = new ArrayList<>(2);
  private final List<Call> interrupts = new ArrayList<>(0);
  private final List<LeakReport> leaks = new ArrayList<>(0);
  private final List<Runnable> notes = new ArrayList<>(2);
  private final List<Runnable> hooks = new ArrayList<>(0);

  /** A connection that was not given back for long. */
  public record LeakReport(String user, Duration held, Throwable takenBy) {}

  /** Callers whose outcome is known. */
  public List<Waiter> wakeUps() {
    return wakeUps;
  }

  /** Calls that count as begun. */
  public List<Call> calls() {
    return calls;
  }

  /** Calls that are overdue, or of no use any more. */
  public List<Call> interrupts() {
    return interrupts;
  }

  public List<LeakReport> leaks() {
    return leaks;
  }

  /** Code of the application's, which may hang: for a worker, and nobody waits for it. */
  public List<Runnable> hooks() {
    return hooks;
  }

  /** What else is to be logged. */
  public List<Runnable> notes() {
    return notes;
  }
}
