package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Slot;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * A call of the pool's own into somebody else's code, which may hang: the credential provider, the
 * connection factory, the driver. A worker makes it; the housekeeper ends its wait when it is
 * overdue.
 *
 * <pre>
 *   ordered --worker--> under way --returns--------------> ended
 *    |   ^                  |                                ^
 *    '---'                  '--overdue: interrupted, aborted-'
 *  no worker: handed out
 *  again after a second
 * </pre>
 *
 * Who ends a call first, the worker or the housekeeper, decides under the engine's lock what
 * becomes of it; the other finds it ended, and throws away what it has got.
 */
public abstract sealed class Call {
  private final Slot slot;

  /** By when it has to have ended; as the engine counts time. Guarded by the engine's lock. */
  long deadline;

  /** When it was last given to the workers; as the engine counts time. Guarded by its lock. */
  long handedOut;

  /** Written under the engine's lock. */
  private volatile boolean ended;

  /** Who makes it. Guarded by this call's monitor, within which nothing blocks. */
  private @Nullable Thread worker;

  private boolean begun;

  /** Whether it is, perhaps before it has begun. */
  private boolean overdue;

  /** Whether its worker has left without an end: memory ran out. */
  private volatile boolean stranded;

  /** Whether the worker, which may be a caller, was interrupted for a reason of its own. */
  private boolean interruptedBefore;

  private Call(Slot slot) {
    this.slot = slot;
  }

  /** Whose it is. */
  public final Slot slot() {
    return slot;
  }

  /** False if it has ended before. */
  final boolean end() {
    boolean first = !ended;
    ended = true;
    return first;
  }

  /** Its worker has ended in an Error, and nothing follows from it. */
  public final void strand() {
    stranded = true;
  }

  final boolean isStranded() {
    return stranded;
  }

  final boolean hasEnded() {
    return ended;
  }

  /** Whether it has ended before it began; to abort a connection is worth it even then. */
  public final boolean isInVain() {
    return ended && !(this instanceof Closing closing && closing.abort);
  }

  /** False if another worker has begun it: it was handed out twice. */
  public final synchronized boolean begin() {
    if (begun) {
      return false;
    }
    begun = true;
    interruptedBefore = Thread.interrupted();
    worker = Thread.currentThread();
    if (overdue) {
      worker.interrupt();
    }
    return true;
  }

  final synchronized boolean hasBegun() {
    return begun;
  }

  /** Whether somebody is at it, though it may have ended. */
  final synchronized boolean isBeingMade() {
    return worker != null;
  }

  /** The worker goes on to something else; an interrupt that was meant for this call ends here. */
  public final synchronized void leave() {
    worker = null;
    Thread.interrupted(); // clears it
    if (interruptedBefore) {
      Thread.currentThread().interrupt();
    }
  }

  /** Wakes whoever makes it, if the code that hangs lets itself be woken. */
  public final synchronized void interrupt() {
    overdue = true;
    if (worker != null) {
      worker.interrupt();
    }
  }

  /** Asks the provider for a user's credential. */
  public static final class Asking extends Call {
    /** The slot's epoch when it was ordered. */
    public final int epoch;

    Asking(Slot slot) {
      super(slot);
      this.epoch = slot.epoch();
    }
  }

  /** Connects and looks at the session. It has a place in the budget. */
  public static final class LoggingIn extends Call {
    public final int epoch;
    private final long number;
    private final Secret credential;
    private final boolean requireRowSecurity;
    private final boolean inOthersPlace;
    final long since;

    /** Since it was ordered; once another's connection has been closed for it, since then. */
    private long inFlightSince;

    /** Whether it counts among the logins in flight; a slow one does no more. */
    private boolean inFlight = true;

    private volatile @Nullable Connection connection;

    LoggingIn(
        Slot slot,
        long number,
        Secret credential,
        boolean requireRowSecurity,
        boolean inOthersPlace,
        long now) {
      super(slot);
      this.number = number;
      this.epoch = slot.epoch();
      this.credential = credential;
      this.requireRowSecurity = requireRowSecurity;
      this.inOthersPlace = inOthersPlace;
      this.since = now;
      this.inFlightSince = now;
    }

    /** What was closed for it is closed. However slow that was, it counts from now on. */
    void enterFlight(long now) {
      inFlightSince = now;
      inFlight = true;
    }

    /** How long it has been made, or its place been made free for it. */
    long took(long now) {
      return now - inFlightSince;
    }

    boolean isInFlight() {
      return inFlight;
    }

    /** It takes so long that it is in nobody's way. */
    void leaveFlight() {
      inFlight = false;
    }

    /** The number of the connection that it opens. */
    public long number() {
      return number;
    }

    /** When it was ordered. */
    public long since() {
      return since;
    }

    public Secret credential() {
      return credential;
    }

    /** Whether Row-Level Security has to hold the role. */
    public boolean requireRowSecurity() {
      return requireRowSecurity;
    }

    /** Whether its place is that of a connection closed a moment ago. */
    public boolean inOthersPlace() {
      return inOthersPlace;
    }

    /** There is a connection, which can be aborted from now on. */
    public void connected(Connection opened) {
      connection = opened;
    }

    @Nullable Connection connection() {
      return connection;
    }
  }

  /** Asks a connection, which is HELD, whether it works. */
  public static final class Checking extends Call {
    private final Entry entry;

    /** Whether a caller waits for it; else it is only kept alive. */
    final boolean awaited;

    Checking(Entry entry, boolean awaited) {
      super(entry.slot());
      this.entry = entry;
      this.awaited = awaited;
    }

    public Entry entry() {
      return entry;
    }
  }

  /** Cleans what may be in any state, for a borrower who doesn't wait for it. */
  public static final class Cleaning extends Call {
    private final Entry entry;
    private final Runnable work;

    Cleaning(Entry entry, Runnable work) {
      super(entry.slot());
      this.entry = entry;
      this.work = work;
    }

    public Entry entry() {
      return entry;
    }

    public Runnable work() {
      return work;
    }
  }

  /** Ends a physical connection, whose place becomes free with it, or goes to a login. */
  public static final class Closing extends Call {
    private final long number;
    private final Connection driver;
    private final boolean abort;
    private final long since;

    /** The login that gets the place. */
    final @Nullable LoggingIn successor;

    Closing(
        Slot slot,
        long number,
        Connection driver,
        boolean abort,
        @Nullable LoggingIn successor,
        long now) {
      super(slot);
      this.number = number;
      this.since = now;
      this.driver = driver;
      this.abort = abort;
      this.successor = successor;
    }

    /** The number of the connection. */
    public long number() {
      return number;
    }

    /** When it was ordered. */
    public long since() {
      return since;
    }

    public Connection driver() {
      return driver;
    }

    /** Whether without a word to the server. */
    public boolean abort() {
      return abort;
    }
  }
}
