package dev.onbehalf.identity;

import static java.util.Comparator.comparingLong;
import static java.util.Comparator.reverseOrder;

import dev.onbehalf.identity.internal.RepeatedWarning;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups of one kind: a few at once, and a bounded number of callers who wait. Lanes have nothing
 * in common, so none can keep another waiting.
 *
 * <pre>
 *         a thread is free, and the group has no look-up running
 *    ┌──────────────────────────────────────────────┐
 *    │       enter                    the same      v          run has ended
 *   NEW ───────────────> WAITING ───────────────> RUNNING ────────────────────> OVER
 *    │                      │ its last caller has left                           ^
 *    │ there is no room     │ it gives way to one that goes before it            │
 *    └──────────────────────┴────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>Every step is taken under the lane's lock, which is never held while something is looked up,
 * nor while a caller waits.
 *
 * <p><b>Who is next.</b> Groups take turns: first comes the one whose last look-up began longest
 * ago, and no group has two at once. Within a group, and among those that had no turn yet, who was
 * sent away more often goes first, then who has the lower number. Where there is no room, whoever
 * would be last is sent away, be it the one who comes: so a flood under one name, or of those who
 * never come twice, is what the lane sheds first.
 *
 * <p>Thread-safe. Holds no thread while nobody waits.
 */
final class Lane {
  private static final RepeatedWarning broken = RepeatedWarning.ofError(Lane.class);
  private static final int WAITING_LOOKUPS_PER_GROUP = 4;
  private static final int REMEMBERED_TURNS = 1_000;

  /**
   * How much a lane bears.
   *
   * @param threads look-ups at once
   * @param waitingCallers callers whose look-up has not begun; no look-up has more than a quarter
   * @param runningCallers callers whose look-up has begun; above that nobody may join one
   */
  record Bounds(int threads, int waitingCallers, int runningCallers) {
    /** For callers who are few already. */
    static Bounds ofThreads(int threads) {
      return new Bounds(threads, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }
  }

  /**
   * A look-up's place among those that wait.
   *
   * @param group whose turn it takes
   * @param sentAway how often it was sent away before
   * @param number lower ones go first
   */
  record Turn(String group, int sentAway, long number) {}

  /** What came of entering. */
  enum Entry {
    /** The caller may wait, and has to leave. */
    ADMITTED,
    /** There is no room for the caller. */
    NO_ROOM,
    /** There is nothing to wait for any more. */
    OVER
  }

  private enum State {
    NEW,
    WAITING,
    RUNNING,
    OVER
  }

  /** One look-up. */
  abstract static class Lookup {
    private final Turn turn;
    private State state = State.NEW; // guarded by the lane's lock
    private int callers; // guarded by the lane's lock

    Lookup(Turn turn) {
      this.turn = turn;
    }

    /** Looks up, on one of the lane's threads. */
    abstract void run();

    /** Told that it will never run, for want of room or of a thread. */
    abstract void sentAway();
  }

  private final Bounds bounds;
  private final ExecutorService threads;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Lookup> waiting = new ArrayList<>(); // guarded by lock, as all below
  private final Set<String> busyGroups = new HashSet<>();
  private final Map<String, Long> lastTurns = new LinkedHashMap<>(); // the oldest first
  private long turns;
  private int waitingCallers;
  private int runningCallers;
  private int running;

  private final Comparator<Lookup> order =
      comparingLong((Lookup it) -> lastTurns().getOrDefault(it.turn.group(), 0L))
          .thenComparing(it -> it.turn.sentAway(), reverseOrder())
          .thenComparing(comparingLong(it -> it.turn.number()));

  Lane(Bounds bounds, ExecutorService threads) {
    this.bounds = bounds;
    this.threads = threads;
  }

  private Map<String, Long> lastTurns() {
    return lastTurns;
  }

  /**
   * Lets a caller wait for {@code lookup}, which is queued with its first one.
   *
   * @throws java.util.concurrent.RejectedExecutionException when the threads are shut down
   */
  Entry enter(Lookup lookup) {
    Lookup last = null;
    boolean begun = false;
    lock.lock();
    try {
      switch (lookup.state) {
        case OVER -> {
          return Entry.OVER;
        }
        case WAITING, RUNNING -> {
          return join(lookup);
        }
        case NEW -> {
          lookup.callers = 1;
          begun = running < bounds.threads() && mayBegin(lookup);
          if (begun) {
            running++;
            begin(lookup);
          } else {
            last = queue(lookup).orElse(null);
          }
        }
      }
    } finally {
      lock.unlock();
    }
    if (begun) {
      startThread(lookup);
    }
    if (last != null) {
      last.sentAway();
    }
    return last == lookup ? Entry.NO_ROOM : Entry.ADMITTED;
  }

  private Entry join(Lookup lookup) {
    if (lookup.state == State.RUNNING) {
      if (runningCallers >= bounds.runningCallers()) {
        return Entry.NO_ROOM;
      }
      runningCallers++;
    } else {
      if (waitingCallers >= bounds.waitingCallers()
          || lookup.callers >= bounds.waitingCallers() / 4) {
        return Entry.NO_ROOM;
      }
      waitingCallers++;
    }
    lookup.callers++;
    return Entry.ADMITTED;
  }

  /** Gives the one that has to go, if there is no room for all; it may be this one itself. */
  private Optional<Lookup> queue(Lookup lookup) {
    Optional<Lookup> last = whoGivesWay(lookup);
    waiting.add(lookup);
    waitingCallers += lookup.callers;
    lookup.state = State.WAITING;
    last.ifPresent(it -> withdraw(it, State.OVER));
    return last;
  }

  /** Empty when there is room for {@code newcomer}; it may be the one itself. */
  private Optional<Lookup> whoGivesWay(Lookup newcomer) {
    List<Lookup> rivals = new ArrayList<>(waiting);
    rivals.removeIf(it -> !it.turn.group().equals(newcomer.turn.group()));
    if (rivals.size() < WAITING_LOOKUPS_PER_GROUP) {
      if (waitingCallers < bounds.waitingCallers()) {
        return Optional.empty();
      }
      rivals = new ArrayList<>(waiting);
    }
    rivals.add(newcomer);
    return Optional.of(Collections.max(rivals, order));
  }

  private void withdraw(Lookup lookup, State next) {
    waiting.remove(lookup);
    waitingCallers -= lookup.callers;
    lookup.state = next;
  }

  private boolean mayBegin(Lookup lookup) {
    return !busyGroups.contains(lookup.turn.group());
  }

  private void begin(Lookup lookup) {
    String group = lookup.turn.group();
    lookup.state = State.RUNNING;
    runningCallers += lookup.callers;
    busyGroups.add(group);
    lastTurns.remove(group);
    lastTurns.put(group, ++turns);
    if (lastTurns.size() > REMEMBERED_TURNS) {
      lastTurns.remove(lastTurns.keySet().iterator().next());
    }
  }

  private void end(Lookup lookup) {
    lookup.state = State.OVER;
    runningCallers -= lookup.callers;
    busyGroups.remove(lookup.turn.group());
  }

  /**
   * A caller waits no longer.
   *
   * @return whether the look-up is given up: nobody waits for it, and it has not begun
   */
  boolean leave(Lookup lookup) {
    lock.lock();
    try {
      switch (lookup.state) {
        case WAITING -> {
          waitingCallers--;
          lookup.callers--;
          if (lookup.callers == 0) {
            withdraw(lookup, State.OVER);
            return true;
          }
        }
        case RUNNING -> {
          runningCallers--;
          lookup.callers--;
        }
        case NEW, OVER -> {} // counted no more
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void startThread(Lookup lookup) {
    boolean started = false;
    try {
      threads.execute(() -> work(lookup));
      started = true;
    } finally {
      if (!started) {
        threadFailed(lookup);
      }
    }
  }

  private void threadFailed(Lookup lookup) {
    lock.lock();
    try {
      running--;
      end(lookup);
    } finally {
      lock.unlock();
    }
    lookup.sentAway();
  }

  private void work(Lookup first) {
    for (Lookup lookup = first; lookup != null; lookup = next(lookup)) {
      try {
        lookup.run();
      } catch (Throwable e) { // an Error must not take the lane's thread along
        broken.log("A look-up ended unexpectedly", e);
      }
      Thread.interrupted(); // what one left behind is not the next one's
    }
  }

  /** Null when this thread has nothing more to do. */
  private @Nullable Lookup next(Lookup done) {
    lock.lock();
    try {
      end(done);
      Optional<Lookup> next =
          threads.isShutdown()
              ? Optional.empty()
              : waiting.stream().filter(this::mayBegin).min(order);
      if (next.isEmpty()) {
        running--;
        return null;
      }
      Lookup lookup = next.get();
      withdraw(lookup, State.RUNNING);
      begin(lookup);
      return lookup;
    } finally {
      lock.unlock();
    }
  }
}
