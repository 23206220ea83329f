package dev.onbehalf.pool.internal;

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
 * <p>Its state is one number: how often it was leased, and in the two lowest bits its phase. Every
 * move is a compare-and-set from one exact number to the next, so of all that want the connection
 * at one instant (borrowers, the evictor, the housekeeper, a second {@code close()} of an old
 * wrapper) one succeeds.
 *
 * <pre>
 *             tryLease                giveBack
 *   IDLE(n) -----------> LEASED(n+1) ----------> IDLE(n+1)
 *    |  ^                  |     |
 *    |  | release          |     | startCleaning
 *    |  |                  |     v
 *    |  |   cleaned        |  CLEANING(n+1): by the borrower, in its own thread
 *    |  |<-----------------+-----'
 *    v  |                  | seize (overdue, aborted, lost), or the way back is not the common one
 *   HELD(n) &lt;-------------'   HELD: the pool's own, for checking, cleaning, closing
 * </pre>
 *
 * What becomes of a HELD entry is decided under the engine's lock. A closed entry stays HELD for
 * ever.
 */
final class Entry extends EvictionCandidate implements PhysicalConnection {
  private static final int PHASE_BITS = 2;
  private static final long PHASE = 3;
  private static final long IDLE = 0;
  private static final long LEASED = 1;
  private static final long CLEANING = 2;
  private static final long HELD = 3;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Entry.class, "state", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Who lends the entry: asked and told at the end of each lease. */
  interface Lender {

    /** Whether nobody waits for what this user has, so that the common path may be taken. */
    boolean isQuiet(Slot slot);

    long now();

    /** An entry, HELD, comes back in another way than the common one. */
    void returned(Entry entry, long now);

    /** Something of the user's became idle while somebody may have begun to wait. */
    void settle(Slot slot);

    /** An entry, HELD, is to be cleaned by somebody else. */
    void cleanElsewhere(Entry entry, Runnable cleaning);

    /** Whether to be told how long leases last. */
    boolean hearsLeases();

    /** A lease has lasted so long. */
    void ended(long nanos);

    /** Whether an error ends the connection, beside those that do for every PostgreSQL. */
    boolean endsConnection(SQLException exception);
  }

  /** A physical connection, and what is known of it from its login. */
  record Opened(
      Connection driver,
      SessionDefaults defaults,
      boolean hearsRequests,
      int epoch,
      long retireAt) {}

  final Slot slot;
  private final Lender lender;
  private final Connection driver;
  private final SessionDefaults defaults;
  private final boolean tells;
  private final boolean hearsRequests; // here, for the common path touches nothing but the entry
  private final int epoch;
  private final long retireAt;

  @SuppressWarnings("unused") // through STATE
  private volatile long state = HELD;

  private volatile boolean broken;

  /** A lease that nobody can end any more: its borrower's stack or memory ran out. */
  private volatile long lost;

  /** HELD by a borrower who is about to give it to the lender. */
  private volatile boolean onItsWay;

  /** When the last lease ended. Written by the holder, before the state says IDLE. */
  private long lastUsed;

  /** When the lease began, and on which thread. Written by the borrower. */
  private long leasedAt;

  private long leasedBy;

  /** When the server last answered. Written by the holder. */
  private long lastChecked;

  /** Since when it is being cleaned. Written before the state says CLEANING. */
  private long cleaningSince;

  /** Who took it, when leaks are looked for. Written by the borrower. */
  private volatile @Nullable Leak leak;

  /** The latest lease that was reported as a leak. Guarded by the engine's lock. */
  long reportedLease;

  Entry(Lender lender, Slot slot, Opened opened, long now) {
    this.lender = lender;
    this.tells = lender.hearsLeases();
    this.slot = slot;
    this.driver = opened.driver();
    this.defaults = opened.defaults();
    this.hearsRequests = opened.hearsRequests();
    this.epoch = opened.epoch();
    this.retireAt = opened.retireAt();
    this.lastUsed = now;
    this.lastChecked = now;
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
  protected boolean isEvictable() {
    return slot.waiting() == 0 && canBeSpared();
  }

  /** Whether it may be closed for another user although callers of its own wait. */
  boolean canBeSpared() {
    return isIdle() && slot.canSpareOne();
  }

  boolean isIdle() {
    return phase(state) == IDLE;
  }

  boolean isLeasedAs(long lease) {
    return state == leased(lease);
  }

  /** How often it was leased. */
  long leases() {
    return state >>> PHASE_BITS;
  }

  long lastUsed() {
    return lastUsed;
  }

  /** When the connection was last known to work. */
  long lastHeardOf() {
    return lastChecked - lastUsed > 0 ? lastChecked : lastUsed;
  }

  boolean isPastLifetime(long now) {
    return now - retireAt >= 0;
  }

  /** Whether it may serve again: neither broken, nor too old, nor of a closed or evicted pool. */
  boolean isFit(long now) {
    return !broken && !isPastLifetime(now) && !isOutdated();
  }

  /** Whether its pool was closed, or evicted, since it was opened. */
  boolean isOutdated() {
    return epoch != slot.epoch();
  }

  /** Whether its borrower has been cleaning it since before that moment. */
  boolean isCleaningSince(long moment) {
    return phase(state) == CLEANING && moment - cleaningSince >= 0;
  }

  /** Takes an entry whose lease can't end any more by itself; HELD then. Under the lock. */
  boolean takeLost() {
    if (lost == 0 || lost != leases()) {
      return false;
    }
    boolean taken = seize() || (phase(state) == HELD && onItsWay);
    onItsWay = false;
    lost = 0;
    return taken;
  }

  /** It has come back: who holds it from now on decides under the lock. */
  void arrived() {
    onItsWay = false;
  }

  /** IDLE to LEASED. */
  boolean tryLease() {
    long seen = state;
    return phase(seen) == IDLE
        && STATE.compareAndSet(this, seen, seen + (1L << PHASE_BITS) + LEASED);
  }

  /** LEASED to HELD, by the borrower, as if it had not been leased. */
  boolean unlease() {
    long seen = state;
    return phase(seen) == LEASED
        && STATE.compareAndSet(this, seen, seen - (1L << PHASE_BITS) - LEASED + HELD);
  }

  /** IDLE to HELD. */
  boolean tryHold() {
    long seen = state;
    return phase(seen) == IDLE && STATE.compareAndSet(this, seen, seen + HELD);
  }

  /** LEASED or CLEANING to HELD, whoever the borrower is: for a connection that is aborted. */
  boolean seize() {
    long seen = state;
    return (phase(seen) == LEASED || phase(seen) == CLEANING)
        && STATE.compareAndSet(this, seen, held(seen));
  }

  /** HELD to IDLE. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // only the holder moves it
  void release() {
    state = state - HELD;
  }

  /** HELD to LEASED, for a waiting caller. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // only the holder moves it
  void releaseToWaiter() {
    state = state - HELD + (1L << PHASE_BITS) + LEASED;
  }

  void used(long now) {
    lastUsed = now;
    slot.returning(this);
  }

  void checked(long now) {
    lastChecked = now;
  }

  /** The lease begins; the borrower says so. */
  void lent(long now) {
    leasedAt = now;
    leasedBy = Thread.currentThread().getId();
  }

  /** Since when a caller has had it; a guess, where the lease has ended meanwhile. */
  long leasedAt() {
    return leasedAt;
  }

  /** The number of that caller's thread. */
  long leasedBy() {
    return leasedBy;
  }

  boolean isInUse() {
    long seen = phase(state);
    return seen == LEASED || seen == CLEANING;
  }

  void watch(Leak value) {
    leak = value;
  }

  @Nullable Leak leak() {
    return leak;
  }

  @Override
  public void giveBack(long lease) {
    long leased = leased(lease);
    if (state != leased) {
      return;
    }
    if (tells) {
      lender.ended(lender.now() - leasedAt);
    }
    boolean quiet = lender.isQuiet(slot);
    long now = lender.now();
    if (quiet && isFit(now)) {
      becomeIdle(leased, now);
    } else if (hold(leased)) {
      lender.returned(this, now);
    }
  }

  /** The borrower's last step; from here to the lender its stack may run out. */
  private boolean hold(long from) {
    onItsWay = true;
    return STATE.compareAndSet(this, from, held(from));
  }

  @Override
  public boolean startCleaning(long lease) {
    long leased = leased(lease);
    if (state != leased) {
      return false;
    }
    cleaningSince = lender.now();
    if (tells) {
      lender.ended(cleaningSince - leasedAt);
    }
    return STATE.compareAndSet(this, leased, leased - LEASED + CLEANING);
  }

  @Override
  public void cleaned() {
    long cleaning = state;
    if (phase(cleaning) != CLEANING) {
      return; // it took too long, and was aborted
    }
    boolean quiet = lender.isQuiet(slot);
    long now = lender.now();
    if (quiet && isFit(now)) {
      becomeIdle(cleaning, now);
    } else if (hold(cleaning)) {
      lender.returned(this, now);
    }
  }

  @Override
  public void cleanElsewhere(Runnable cleaning) {
    long seen = state;
    if (phase(seen) == CLEANING && hold(seen)) {
      lender.cleanElsewhere(this, cleaning);
    }
  }

  @Override
  public boolean startAborting(long lease) {
    long seen = state;
    return leases() == lease && (phase(seen) == LEASED || phase(seen) == CLEANING) && hold(seen);
  }

  @Override
  public void aborted() {
    lender.returned(this, lender.now());
  }

  @Override
  public void lose(long lease) {
    lost = lease;
  }

  @Override
  public boolean endsConnection(SQLException exception) {
    return lender.endsConnection(exception);
  }

  /** The common way back: then looks again whether anybody has begun to wait meanwhile. */
  private void becomeIdle(long from, long now) {
    lastUsed = now;
    slot.returning(this);
    if (STATE.compareAndSet(this, from, from - phase(from) + IDLE)
        && (!lender.isQuiet(slot) || isOutdated())) {
      lender.settle(slot);
    }
  }

  private static long leased(long lease) {
    return (lease << PHASE_BITS) + LEASED;
  }

  private static long held(long state) {
    return state - phase(state) + HELD;
  }

  private static long phase(long state) {
    return state & PHASE;
  }

  /** Since when a caller holds the connection, and the stack that took it. */
  record Leak(long since, Throwable takenBy, long lease) {}
}
