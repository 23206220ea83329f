package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.UserPoolManager;
import dev.onbehalf.pool.internal.jdbc.PhysicalConnection;
import dev.onbehalf.pool.internal.jdbc.SessionDefaults;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One physical connection in its slot.
 *
 * <p>Its state is one number: how often it was leased, and in the two lowest bits its phase. Every
 * move is a compare-and-set from one exact number to the next, so of all that want the connection
 * at one instant (borrowers, the evictor, the housekeeper, a second {@code close()} of an old
 * wrapper) one succeeds.
 *
 * <pre>
 *            tryLease                giveBack
 *   IDLE(n) ----------> LEASED(n+1) ----------> IDLE(n+1)
 *    |  ^                  |
 *    |  | release, cleaned | startCleaning, seize
 *    v  |                  v
 *   HELD(n) &lt;-------------'     HELD: the pool's own, for cleaning, checking, closing
 * </pre>
 *
 * A closed entry stays HELD for ever.
 */
final class Entry extends EvictionCandidate implements PhysicalConnection {
  private static final Logger log = LoggerFactory.getLogger(UserPoolManager.class);

  private static final int PHASE_BITS = 2;
  private static final long PHASE = 3;
  private static final long IDLE = 0;
  private static final long LEASED = 1;
  private static final long HELD = 2;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Entry.class, "state", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Slot slot;
  private final Engine engine;
  private final Connection driver;
  private final SessionDefaults defaults;
  private final boolean hearsRequests; // here, for the common path touches nothing but the entry
  private final int epoch;
  private final long retireAt;

  @SuppressWarnings("unused") // through STATE
  private volatile long state = HELD;

  private volatile boolean broken;

  /** When the last lease ended. Written by the holder, before the state says IDLE. */
  private long lastUsed;

  /** When the server last answered. Written by the holder. */
  private long lastChecked;

  /** Who took it, when leaks are looked for. Written by the borrower. */
  private volatile @Nullable Leak leak;

  /** The latest lease that was reported as a leak. Guarded by the engine's lock. */
  long reportedLease;

  Entry(Engine engine, Slot slot, int epoch, Connection driver, long now, long retireAt)
      throws SQLException {
    this.engine = engine;
    this.driver = driver;
    this.defaults = new SessionDefaults(driver, engine.settings().discardAllOnReturn());
    this.hearsRequests = engine.hearsRequests(driver);
    this.slot = slot;
    this.epoch = epoch;
    this.retireAt = retireAt;
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
    return isIdle() && slot.canSpareOne();
  }

  boolean isIdle() {
    return phase(state) == IDLE;
  }

  boolean isLeasedAs(long lease) {
    return state == (lease << PHASE_BITS) + LEASED;
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

  /** Whether it may serve again: neither broken, nor too old, nor of a closed pool. */
  boolean isFit(long now) {
    return !isBroken() && !isPastLifetime(now) && !isOutdated();
  }

  /** Whether its pool was closed since it was opened. */
  boolean isOutdated() {
    return epoch != slot.epoch();
  }

  /** IDLE to LEASED. */
  boolean tryLease() {
    long seen = state;
    return phase(seen) == IDLE
        && STATE.compareAndSet(this, seen, seen + (1L << PHASE_BITS) + LEASED);
  }

  /** IDLE to HELD. */
  boolean tryHold() {
    long seen = state;
    return phase(seen) == IDLE && STATE.compareAndSet(this, seen, seen + HELD);
  }

  /** LEASED to HELD, whoever the borrower is: for a connection that is aborted. */
  boolean seize() {
    long seen = state;
    return phase(seen) == LEASED && STATE.compareAndSet(this, seen, seen - LEASED + HELD);
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

  /**
   * Asks the server, which has so many nanoseconds, counted in whole seconds; false if there are
   * none. Only the holder may.
   */
  boolean answers(long nanos) {
    if (nanos <= 0) {
      return false;
    }
    try {
      long seconds = (nanos + 999_999_999) / 1_000_000_000;
      boolean valid = driver.isValid((int) Math.min(seconds, Integer.MAX_VALUE));
      if (valid && !driver.getAutoCommit()) {
        driver.rollback(); // the question has begun a transaction
      }
      return valid;
    } catch (SQLException | RuntimeException e) {
      log.debug("Could not check a connection of \"{}\"", user(), e);
      return false;
    } catch (Error e) { // whoever holds the entry has to give it back
      log.warn("Could not check a connection of \"{}\"", user(), e);
      return false;
    }
  }

  void used(long now) {
    lastUsed = now;
    slot.returning(this);
  }

  void checked(long now) {
    lastChecked = now;
  }

  void watch(Leak value) {
    leak = value;
  }

  @Nullable Leak leak() {
    return leak;
  }

  @Override
  public void giveBack(long lease) {
    long leased = (lease << PHASE_BITS) + LEASED;
    if (state != leased) {
      return;
    }
    boolean quiet = engine.isQuiet(slot);
    long now = engine.now();
    if (quiet && isFit(now)) {
      becomeIdle(leased, now);
    } else if (startCleaning(lease)) {
      engine.returned(this, now);
    }
  }

  @Override
  public boolean startCleaning(long lease) {
    long leased = (lease << PHASE_BITS) + LEASED;
    return STATE.compareAndSet(this, leased, leased - LEASED + HELD);
  }

  @Override
  public boolean startAborting(long lease) {
    return startCleaning(lease);
  }

  @Override
  public void cleanElsewhere(Runnable cleaning) {
    cleaning.run();
  }

  @Override
  public void cleaned() {
    boolean quiet = engine.isQuiet(slot);
    long now = engine.now();
    if (quiet && isFit(now)) {
      becomeIdle(state, now);
    } else {
      engine.returned(this, now);
    }
  }

  /** The common way back: then looks again whether anybody has begun to wait meanwhile. */
  private void becomeIdle(long from, long now) {
    lastUsed = now;
    slot.returning(this);
    if (STATE.compareAndSet(this, from, from - phase(from) + IDLE)
        && (!engine.isQuiet(slot) || isOutdated())) {
      engine.settle(slot);
    }
  }

  private static long phase(long state) {
    return state & PHASE;
  }

  /** Since when a caller holds the connection, and the stack that took it. */
  record Leak(long since, Throwable takenBy, long lease) {}
}
