package dev.onbehalf.pool.internal.user;

import dev.onbehalf.pool.LeaseListener;
import dev.onbehalf.pool.internal.evicting.EvictionCandidate;
import dev.onbehalf.pool.internal.jdbc.LostLease;
import dev.onbehalf.pool.internal.jdbc.PhysicalConnection;
import dev.onbehalf.pool.internal.jdbc.SessionDefaults;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * One physical connection in its slot.
 *
 * <p>Its state is one number: how often it was leased, and in the three lowest bits its phase.
 * Every move is a compare-and-set from one exact number to the next, so of all that want the
 * connection at one instant (borrowers, the evictor, the housekeeper, a second {@code close()} of
 * an old wrapper) one succeeds.
 *
 * <pre>
 *             tryLease                giveBack
 *   IDLE(n) -----------&gt; LEASED(n+1) -----------&gt; IDLE(n+1)
 *    |  ^                  |    |  ^                 ^
 *    |  |                  |    |  | cleanedForUse   |
 *    |  |                  |    | startCleaning      | cleaned
 *    |  |                  |    '--&gt; CLEANING(n+1) --'   by the borrower, on its own thread
 *    |  |                  |            |
 *    |  |                  '-----.------'  nobody may take the common way, or it is aborted
 *    |  | release                v
 *    |  |                   RETURNING(n+1)   on its way to the lender
 *    |  |                        |
 *    v  |                        v  arrive
 *   HELD(n) &lt;--------------------'   the pool's own, for checking, cleaning, closing
 * </pre>
 *
 * What a borrower has can be {@linkplain #seize seized}, and is HELD then: when it is overdue,
 * aborted or lost, from the very state of which that was found. What becomes of a HELD entry is
 * decided under the engine's lock. A closed entry stays HELD for ever.
 */
public final class Entry extends EvictionCandidate implements PhysicalConnection {
  private static final int PHASE_BITS = 3;
  private static final long PHASE = 7;
  private static final long IDLE = 0;
  private static final long LEASED = 1;
  private static final long CLEANING = 2;
  private static final long RETURNING = 3;
  private static final long HELD = 4;

  /** HikariCP's measure: a connection heard of so lately is taken to be alive. */
  private static final long LATELY = 500_000_000L;

  private static final VarHandle STATE;
  private static final VarHandle HEARD;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Entry.class, "state", long.class);
      HEARD = MethodHandles.lookup().findVarHandle(Entry.class, "heard", Heard.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Who lends the entry: asked and told at the end of each lease. */
  public interface Lender {

    /** Whether nobody waits for what this user has, so that the common path may be taken. */
    boolean isQuiet(Slot slot);

    long now();

    /** An entry, RETURNING, comes back in another way than the common one. */
    void returned(Entry entry, long now);

    /** Something of the user's became idle while somebody may have begun to wait. */
    void settle(Slot slot);

    /** An entry, RETURNING, is to be cleaned by somebody else. */
    void cleanElsewhere(Entry entry, Runnable cleaning);

    /** Whether to be told how long leases last. */
    boolean hearsLeases();

    /** Whether somebody hears of each lease, and whose it is. */
    boolean isListenedTo();

    /** A lease has lasted so long. */
    void ended(long nanos);

    /** Whether an error ends the connection, beside those that do for every PostgreSQL. */
    boolean endsConnection(SQLException exception);
  }

  /**
   * A physical connection, and what is known of it from its login.
   *
   * @param number by which it is told from all others
   */
  public record Opened(
      long number,
      Connection driver,
      SessionDefaults defaults,
      boolean hearsRequests,
      int epoch,
      long retireAt) {}

  private final Slot slot;
  private final long number;
  private final Lender lender;
  private final Connection driver;
  private final SessionDefaults defaults;
  private final boolean tells;
  private final boolean hearsRequests; // here, for the common path touches nothing but the entry
  private final long retireAt;

  /** Of which pool of its user's it is, by {@link Slot#epoch}. Written under the engine's lock. */
  private volatile int epoch;

  @SuppressWarnings("unused") // through STATE
  private volatile long state = HELD;

  private volatile boolean broken;

  /**
   * Which lease nobody can end any more: its borrower's stack or memory ran out. A field, for such
   * a borrower can call nothing.
   */
  public final LostLease lost = new LostLease();

  /** The caller to whom it was handed and who has not taken it yet; null for none. */
  private @Nullable Waiter handedTo;

  /** For which lease; a later one is somebody else's. */
  private long handedLease;

  /** How many of its leases went back before anybody had them. Written by the holder. */
  private long unused;

  /** When the last lease ended. Written by the holder, before the state says IDLE. */
  private long lastUsed;

  /** When the lease began, and on which thread. Written by the borrower. */
  private long leasedAt;

  private long leasedBy;

  /** When the server last answered. Written by the holder. */
  private long lastChecked;

  /** Since when it is being cleaned or coming back. Written before the state says so. */
  private long comingSince;

  /** Who took it, when leaks are looked for. Written by the borrower. */
  private volatile @Nullable Leak leak;

  private final boolean isListenedTo;

  /** Of which lease somebody has heard that it began, and not that it ended; taken once. */
  private volatile @Nullable Heard heard;

  /** The latest lease that was reported as a leak. Guarded by the engine's lock. */
  private long reportedLease;

  public Entry(Lender lender, Slot slot, Opened opened, long now) {
    this.lender = lender;
    this.tells = lender.hearsLeases();
    this.isListenedTo = lender.isListenedTo();
    this.slot = slot;
    this.number = opened.number();
    this.driver = opened.driver();
    this.defaults = opened.defaults();
    this.hearsRequests = opened.hearsRequests();
    this.epoch = opened.epoch();
    this.retireAt = opened.retireAt();
    this.lastUsed = now;
    this.lastChecked = now;
  }

  public Slot slot() {
    return slot;
  }

  /** By which it is told from all others. */
  public long number() {
    return number;
  }

  @Override
  public String user() {
    return slot.user();
  }

  @Override
  public Connection driver() {
    return driver;
  }

  @Override
  public boolean hearsRequests() {
    return hearsRequests;
  }

  @Override
  public SessionDefaults defaults() {
    return defaults;
  }

  @Override
  public boolean isBroken() {
    return broken;
  }

  @Override
  public void markBroken() {
    broken = true;
  }

  @Override
  public boolean isEvictable() {
    return slot.waiting() == 0 && canBeSpared();
  }

  /** Whether it may be closed for another user although callers of its own wait. */
  public boolean canBeSpared() {
    return isIdle() && slot.canSpareOne();
  }

  public boolean isIdle() {
    return phase(state) == IDLE;
  }

  public boolean isLeasedAs(long lease) {
    return state == leased(lease);
  }

  /** How often it was leased. */
  public long leases() {
    return state >>> PHASE_BITS;
  }

  /** How often somebody had it. */
  public long uses() {
    return leases() - unused;
  }

  public long lastUsed() {
    return lastUsed;
  }

  /** When the connection was last known to work. */
  public long lastHeardOf() {
    return lastChecked - lastUsed > 0 ? lastChecked : lastUsed;
  }

  public boolean wasHeardOfLately(long now) {
    return now - lastHeardOf() < LATELY;
  }

  boolean isPastLifetime(long now) {
    return now - retireAt >= 0;
  }

  /** Whether it may serve again: neither broken, nor too old, nor of a closed or evicted pool. */
  public boolean isFit(long now) {
    return !broken && !isPastLifetime(now) && !isOutdated();
  }

  /** It is not to serve again, though its pool is neither closed nor evicted. */
  public void outdate() {
    epoch = -1;
  }

  /** Whether its pool was closed, or it or that was evicted, since it was opened. */
  public boolean isOutdated() {
    return epoch != slot.epoch();
  }

  /** Takes an entry that has been coming back since before that moment. */
  public boolean takeOverdue(long moment) {
    long seen = state;
    return (phase(seen) == CLEANING || phase(seen) == RETURNING)
        && moment - comingSince >= 0
        && seize(seen);
  }

  /** Takes an entry whose lease can't end any more by itself. */
  public boolean takeLost() {
    Waiter caller = handedTo;
    boolean present = lost.present;
    if (present) { // word that comes after this look is for the next one
      lost.present = false;
    }
    long seen = state; // after the word, whose lease is the last; what comes later is another's
    long lease = seen >>> PHASE_BITS;
    boolean isLost =
        present
            || (lost.lease != 0 && lost.lease == lease)
            || (caller != null && caller.isAbandoned() && handedLease == lease);
    return isLost && seize(seen);
  }

  public boolean isHeld() {
    return phase(state) == HELD;
  }

  /** IDLE to LEASED. */
  boolean tryLease() {
    long seen = state;
    return phase(seen) == IDLE
        && STATE.compareAndSet(this, seen, seen + (1L << PHASE_BITS) + LEASED);
  }

  /** LEASED to HELD, by the borrower, as if it had not been leased. */
  public boolean unlease() {
    long seen = state;
    return phase(seen) == LEASED
        && STATE.compareAndSet(this, seen, seen - (1L << PHASE_BITS) - LEASED + HELD);
  }

  /** IDLE to HELD. */
  public boolean tryHold() {
    long seen = state;
    return phase(seen) == IDLE && STATE.compareAndSet(this, seen, seen + HELD);
  }

  /** From a borrower to HELD, whoever that is. */
  public boolean seize() {
    return seize(state);
  }

  /** From the state that was looked at: the next one may be another borrower's. */
  private boolean seize(long seen) {
    long phase = phase(seen);
    return (phase == LEASED || phase == CLEANING || phase == RETURNING)
        && STATE.compareAndSet(this, seen, seen - phase + HELD);
  }

  /** From whatever it is to HELD; false if it is that already. */
  public boolean takeAway() {
    while (!isHeld()) { // its borrower moves it on, but not for long
      if (seize() || tryHold()) {
        return true;
      }
    }
    return false;
  }

  /** RETURNING to HELD; false if somebody else has seized it. */
  public boolean arrive() {
    long seen = state;
    return phase(seen) == RETURNING && STATE.compareAndSet(this, seen, seen - RETURNING + HELD);
  }

  /** HELD to IDLE. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // only the holder moves it
  public void release() {
    state = state - HELD;
  }

  /** HELD to LEASED, for a waiting caller. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // only the holder moves it
  public void releaseToWaiter() {
    state = state - HELD + (1L << PHASE_BITS) + LEASED;
  }

  /** It is LEASED for that caller, who takes it, or {@linkplain Waiter#abandon abandons} it. */
  public void handTo(Waiter caller) {
    handedLease = leases();
    handedTo = caller;
  }

  /** That caller has it. */
  public void taken() {
    handedTo = null;
  }

  public void used(long now) {
    lastUsed = now;
    slot.returning(this);
  }

  public void checked(long now) {
    lastChecked = now;
  }

  /** The lease begins; the borrower says so. */
  public void lent(long now) {
    leasedAt = now;
    leasedBy = Thread.currentThread().getId();
  }

  /** Since when a caller has had it; a guess, where the lease has ended meanwhile. */
  public long leasedAt() {
    return leasedAt;
  }

  /** The number of that caller's thread. */
  public long leasedBy() {
    return leasedBy;
  }

  public boolean isInUse() {
    long seen = phase(state);
    return seen == LEASED || seen == CLEANING;
  }

  public void watch(Leak value) {
    leak = value;
  }

  public @Nullable Leak leak() {
    return leak;
  }

  /** The leak is reported, once. */
  public void reported(Leak value) {
    reportedLease = value.lease();
  }

  public boolean isReported(Leak value) {
    return reportedLease == value.lease();
  }

  /** Whether a lease has ended that was reported as a leak; true once. */
  public boolean takeReportedBack() {
    boolean back = reportedLease != 0 && !isLeasedAs(reportedLease);
    if (back) {
      reportedLease = 0;
    }
    return back;
  }

  /** A lease that somebody has heard of. */
  private record Heard(long lease, LeaseListener.Lease listener) {}

  /** Whether somebody hears of its leases. */
  public boolean isListenedTo() {
    return isListenedTo;
  }

  /** Its borrower's lease has begun, and somebody has heard of it. */
  public void heard(LeaseListener.Lease listener) {
    long lease = leases();
    heard = new Heard(lease, listener);
    if (!isLeasedAs(lease)) { // whoever took it away may have looked before there was anybody
      endHearing();
    }
  }

  /** The lease has ended in whichever way: who has heard of its beginning hears of that, once. */
  public void endHearing() {
    Heard it = heard;
    if (it != null && HEARD.compareAndSet(this, it, null)) {
      it.listener().ended();
    }
  }

  /**
   * Takes out first what is told last, for the entry may be another borrower's by then: who hears
   * of the end may hang, and keeps no place by it.
   */
  private @Nullable Heard takeHeard(long lease) {
    Heard it = isListenedTo ? heard : null;
    return it != null && it.lease() == lease && HEARD.compareAndSet(this, it, null) ? it : null;
  }

  private void tellEnd(boolean byThis, long nanos, @Nullable Heard ended) {
    if (tells && byThis) {
      lender.ended(nanos);
    }
    if (ended != null) {
      ended.listener().ended();
    }
  }

  @Override
  public void giveBack(long lease) {
    long leased = leased(lease);
    if (state != leased) {
      return;
    }
    Heard ended = takeHeard(lease);
    long lasted = tells ? lender.now() - leasedAt : 0;
    boolean back = false;
    try {
      back = goBack(leased);
    } finally { // which may throw for want of stack; who heard of the lease hears of its end
      tellEnd(back, lasted, ended);
    }
  }

  /** As {@link #giveBack}, from who never got it: nobody has heard of it as of a lease. */
  public void putBack(long lease) {
    long leased = leased(lease);
    if (state == leased) {
      unused++;
      goBack(leased);
    }
  }

  /** False if somebody else has ended the lease. */
  private boolean goBack(long from) {
    boolean quiet = lender.isQuiet(slot);
    long now = lender.now();
    if (quiet && isFit(now)) {
      return becomeIdle(from, now);
    }
    boolean back = comeBack(from, now);
    if (back) {
      lender.returned(this, now);
    }
    return back;
  }

  /** The borrower's last step; from here to the lender its stack may run out. */
  private boolean comeBack(long from, long now) {
    comingSince = now;
    return STATE.compareAndSet(this, from, from - phase(from) + RETURNING);
  }

  @Override
  public boolean startCleaning(long lease) {
    long leased = leased(lease);
    if (state != leased) {
      return false;
    }
    comingSince = lender.now();
    return STATE.compareAndSet(this, leased, leased - LEASED + CLEANING);
  }

  @Override
  public void cleaned() {
    long cleaning = state;
    if (phase(cleaning) != CLEANING) {
      return; // it took too long, and was aborted; or a worker did it
    }
    Heard ended = takeHeard(leases());
    long lasted = comingSince - leasedAt;
    boolean back = false;
    try {
      back = goBack(cleaning);
    } finally {
      tellEnd(back, lasted, ended);
    }
  }

  @Override
  public boolean cleanedForUse() {
    long cleaning = state;
    return phase(cleaning) == CLEANING
        && STATE.compareAndSet(this, cleaning, cleaning - CLEANING + LEASED);
  }

  @Override
  public void cleanElsewhere(Runnable cleaning) {
    long seen = state;
    Heard ended = takeHeard(leases());
    long lasted = comingSince - leasedAt;
    boolean back = phase(seen) == CLEANING && comeBack(seen, comingSince);
    try {
      if (back) {
        lender.cleanElsewhere(this, cleaning);
      }
    } finally {
      tellEnd(back, lasted, ended);
    }
  }

  @Override
  public boolean startAborting(long lease) {
    long seen = state;
    return leases() == lease
        && (phase(seen) == LEASED || phase(seen) == CLEANING)
        && comeBack(seen, lender.now());
  }

  @Override
  public void aborted() {
    lender.returned(this, lender.now());
    endHearing();
  }

  @Override
  public LostLease lost() {
    return lost;
  }

  @Override
  public boolean endsConnection(SQLException exception) {
    return lender.endsConnection(exception);
  }

  /** The common way back: then looks again whether anybody has begun to wait meanwhile. */
  private boolean becomeIdle(long from, long now) {
    lastUsed = now;
    slot.returning(this);
    boolean idle = STATE.compareAndSet(this, from, from - phase(from) + IDLE);
    if (idle && (!lender.isQuiet(slot) || isOutdated())) {
      lender.settle(slot);
    }
    return idle;
  }

  private static long leased(long lease) {
    return (lease << PHASE_BITS) + LEASED;
  }

  private static long phase(long state) {
    return state & PHASE;
  }

  /** Since when a caller holds the connection, and the stack that took it. */
  public record Leak(long since, Throwable takenBy, long lease) {}
}
