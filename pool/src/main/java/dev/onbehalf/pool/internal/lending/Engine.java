package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.ConnectionFactory;
import dev.onbehalf.pool.CredentialProvider;
import dev.onbehalf.pool.LeaseGuard;
import dev.onbehalf.pool.PoolSnapshot;
import dev.onbehalf.pool.internal.Hooks;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.StackRoom;
import dev.onbehalf.pool.internal.deciding.Decisions;
import dev.onbehalf.pool.internal.deciding.Dispatcher;
import dev.onbehalf.pool.internal.deciding.Parts;
import dev.onbehalf.pool.internal.deciding.Sweep;
import dev.onbehalf.pool.internal.deciding.Users;
import dev.onbehalf.pool.internal.evicting.EvictionPolicy;
import dev.onbehalf.pool.internal.jdbc.PooledConnection;
import dev.onbehalf.pool.internal.jdbc.SqlStates;
import dev.onbehalf.pool.internal.lending.Queueing.Stale;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Slot;
import dev.onbehalf.pool.internal.work.Chores;
import dev.onbehalf.pool.internal.work.Housekeeper;
import dev.onbehalf.pool.internal.work.WaryObserver;
import dev.onbehalf.pool.internal.work.WorkerThreads;
import dev.onbehalf.pool.internal.work.Workers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lends connections and takes them back.
 *
 * <p><b>The common path</b> takes no lock: a borrower leases an idle entry of their own slot, and
 * gives it back, by one compare-and-set each on that entry, or two where it had to be cleaned.
 *
 * <p><b>Everything else</b> is decided by the {@link Dispatcher} under one lock ({@link
 * Decisions}): a miss, a wait, a login's start and end, an eviction, a closing. The lock is never
 * held around anything that blocks: what follows from a decision is done after unlocking ({@link
 * Chores}), calls into the driver and the provider by the workers, each of them with an end.
 *
 * <p><b>The two meet</b> as in Dekker's algorithm. A returning borrower first makes the entry idle
 * and then looks for waiting callers; a caller first counts as waiting and then looks for idle
 * entries. Both are volatile, so at least one sees the other. A caller counts as waiting with its
 * own user, and if it may take what is another user's, with all. Nobody takes the common path past
 * waiting callers, so that a newcomer can't overtake.
 *
 * <pre>
 *   returning borrower             waiting caller
 *   state := IDLE                  slot.waiting := slot.waiting + 1, pressed := true
 *   quiet(slot)? else settle       state = IDLE? then lease, else park
 *
 *   quiet(slot) = slot.waiting = 0 and not pressed
 * </pre>
 *
 * <p><b>A caller whose stack or memory runs out</b> meets that before the lock is taken ({@link
 * StackRoom}); between a lease and its wrapper, or while it gives back, it leaves word by one write
 * ({@link Entry#lost}), and the housekeeper ends the lease. From the compare-and-set that leases to
 * the block that leaves word nothing is called, and only who calls something can overflow.
 */
public final class Engine implements Entry.Lender {
  private final Settings settings;
  private final LongSupplier ticker;
  private final Workers workers;
  private final WaryObserver observer;
  private final Predicate<SQLException> fatalErrors;
  private final Parts parts;
  private final Users users;
  private final Dispatcher dispatcher;
  private final EvictionPolicy policy;
  private final Chores chores;
  private final Statistics statistics;
  private final Snapshots snapshots;
  private final Pools pools;
  private final Queueing queueing;
  private final Shutdown shutdown;
  private final boolean watchesLeaks;
  private final boolean tellsLeases;
  private final LeaseGuard guard;
  private final boolean guarded;
  private final WaryListener listener;
  private long nextSweep;
  private @Nullable Housekeeper housekeeper;

  Engine(Settings settings, Login login, LongSupplier ticker, Workers workers) {
    this(settings, login, ticker, workers, Hooks.NONE);
  }

  private Engine(
      Settings settings, Login login, LongSupplier ticker, Workers workers, Hooks hooks) {
    this.settings = settings;
    this.ticker = ticker;
    this.workers = workers;
    this.observer = new WaryObserver(hooks.observer());
    this.tellsLeases = observer.hearsLeases();
    this.listener = new WaryListener(hooks.leases());
    this.watchesLeaks = !settings.leakDetectionThreshold().isZero();
    this.fatalErrors = hooks.fatalErrors();
    this.guard = hooks.leaseGuard();
    this.guarded = guard != LeaseGuard.NONE;
    this.parts = Parts.of(settings);
    this.users = parts.users();
    this.dispatcher = parts.dispatcher();
    this.policy = parts.policy();
    this.chores =
        new Chores(
            parts,
            this::wakeHousekeeper,
            settings,
            login,
            hooks.initializer(),
            workers,
            observer,
            ticker,
            this);
    this.statistics = new Statistics(settings, parts);
    this.snapshots = new Snapshots(parts, statistics, ticker);
    this.pools = new Pools(parts, chores, ticker, slot -> new Handle(this, slot));
    this.queueing = new Queueing(settings, parts, chores, ticker, statistics);
    this.shutdown = new Shutdown(settings, parts, chores, ticker, this::stopThreads);
    this.nextSweep = ticker.getAsLong();
  }

  /** An engine with its threads. */
  public static Engine start(
      Settings settings,
      ConnectionFactory factory,
      CredentialProvider provider,
      Supplier<Set<String>> tableOwners,
      Hooks hooks) {
    Engine engine =
        new Engine(
            settings,
            new Login(factory, provider, tableOwners, settings.rlsCheckMaxAge()),
            System::nanoTime,
            new WorkerThreads(),
            hooks);
    engine.housekeeper = Housekeeper.start(engine::sweep);
    return engine;
  }

  private void wakeHousekeeper() {
    if (housekeeper != null) {
      housekeeper.wake();
    }
  }

  private void stopThreads() {
    if (housekeeper != null) {
      housekeeper.stop();
    }
    workers.stop();
  }

  /** What decides; for tests. */
  Parts parts() {
    return parts;
  }

  /** The slow way to a connection; for tests. */
  Queueing queueing() {
    return queueing;
  }

  Settings settings() {
    return settings;
  }

  /** The users' pools. */
  public Pools pools() {
    return pools;
  }

  @Override
  public long now() {
    return ticker.getAsLong();
  }

  /** Serves nobody until {@link #resume}. */
  public void suspend() {
    chores.decide(todo -> dispatcher.suspend());
  }

  /** Serves who has waited meanwhile, and everybody from now on. */
  public void resume() {
    chores.decide(todo -> dispatcher.resumeServing(now(), todo));
  }

  /** There may be another number of connections from now on. */
  public void resize(int maxConnections) {
    if (maxConnections < 0 || maxConnections > settings.maxConnections()) {
      throw new IllegalArgumentException(
          "maxConnections must be from 0 to %s, not %s"
              .formatted(settings.maxConnections(), maxConnections));
    }
    chores.decide(todo -> dispatcher.resize(maxConnections, now(), todo));
  }

  // Lending

  Connection acquire(Handle handle, Duration timeout) throws SQLException {
    long began = tellsLeases ? now() : 0;
    long deadline = 0;
    if (guarded) {
      StackRoom.requireSome(); // the guard is asked once more, with a lease in hand
      deadline = System.nanoTime() + timeout.toNanos();
      ask(handle.user(), deadline); // whoever has to wait for it keeps nothing meanwhile
    }
    Entry idle = takeIdle(handle);
    if (guarded && idle != null) {
      admit(idle, deadline);
    }
    Stale stale;
    try {
      long now = now();
      if (idle != null && idle.wasHeardOfLately(now) && idle.isFit(now)) {
        idle.lent(now);
        return told(lend(idle), idle, began);
      }
      StackRoom.require(); // while the lease is this caller's to lose
      stale = new Stale(idle);
    } catch (RuntimeException | Error e) { // of the driver, or the stack ran out
      if (idle != null) {
        idle.lost.present = true;
      }
      throw e;
    }
    return acquireSlowly(
        handle, stale, guarded ? deadline : System.nanoTime() + timeout.toNanos(), timeout, began);
  }

  /** What is in hand is lent only if the guard says so now: it may have been waited for long. */
  private void admit(Entry entry, long deadline) throws SQLException {
    try {
      entry.lent(now());
      ask(entry.user(), deadline);
    } catch (SQLException e) {
      putBack(entry);
      throw e;
    } catch (RuntimeException | Error e) {
      entry.lost.present = true;
      throw e;
    }
  }

  private void ask(String user, long deadline) throws SQLException {
    try {
      guard.admit(user, deadline);
    } catch (RuntimeException e) {
      throw new SQLException(
          "The lease guard failed for \"" + user + "\"", SqlStates.UNABLE_TO_CONNECT, e);
    }
  }

  private PooledConnection acquireSlowly(
      Handle handle, Stale stale, long deadline, Duration timeout, long began) throws SQLException {
    try {
      return observer.observe(
          "acquire", () -> acquireInTime(handle, stale, deadline, timeout, began));
    } catch (RuntimeException | Error e) {
      Entry idle = stale.entry;
      if (idle != null) {
        idle.lost.present = true;
      }
      throw e;
    }
  }

  private PooledConnection acquireInTime(
      Handle handle, Stale stale, long deadline, Duration timeout, long began) throws SQLException {
    Entry entry = queueing.await(handle, stale, deadline, timeout);
    while (guarded && !isLeftAfterAdmission(entry, deadline)) {
      entry = queueing.await(handle, new Stale(null), deadline, timeout);
    }
    try {
      entry.lent(now());
      return told(lend(entry), entry, began);
    } catch (RuntimeException | Error e) {
      entry.lost.present = true;
      throw e;
    }
  }

  /** False if the guard has closed the user's pool meanwhile; the connection is given back then. */
  private boolean isLeftAfterAdmission(Entry entry, long deadline) throws SQLException {
    admit(entry, deadline);
    if (entry.isFit(now())) {
      return true;
    }
    putBack(entry);
    return false;
  }

  private static void putBack(Entry entry) {
    long lease = entry.leases();
    try {
      entry.putBack(lease);
    } catch (RuntimeException | Error e) { // it may be back, and another's
      entry.lost.lease = lease;
      throw e;
    }
  }

  void prewarm(Handle handle) {
    Slot known = handle.slot();
    if (known.open() > 0) { // without the lock: who is wrong only wins or loses time
      return;
    }
    chores.decide(
        todo -> {
          if (!parts.decisions().isClosed()) {
            parts.changes().prewarm(handle.current(users, now(), todo), now(), todo);
          }
        });
  }

  /** The common path; null if it can't be taken. */
  @Nullable Entry takeIdle(Handle handle) {
    Slot slot = handle.slot();
    return isQuiet(slot) ? slot.lease() : null;
  }

  PooledConnection lend(Entry entry) {
    long lease = entry.leases();
    if (lease > 1) {
      policy.acquired(entry); // the first lease was told by its login
    }
    if (watchesLeaks) {
      watch(entry);
    }
    return new PooledConnection(entry, lease, entry.driver()).begin();
  }

  private PooledConnection told(PooledConnection connection, Entry entry, long began) {
    if (tellsLeases) {
      // Until its first lease has ended it was last used when it was opened.
      boolean opened = entry.leases() == 1 && entry.lastUsed() - began > 0;
      observer.leased(now() - began, opened);
    }
    if (listener.hears()) {
      entry.heard(listener.began(entry.user()));
    }
    return connection;
  }

  @Override
  public boolean hearsLeases() {
    return tellsLeases;
  }

  @Override
  public boolean isListenedTo() {
    return listener.hears();
  }

  @Override
  public void ended(long nanos) {
    observer.returned(nanos);
  }

  private void watch(Entry entry) {
    Throwable taken = new Throwable("taken by thread " + Thread.currentThread().getName());
    entry.watch(new Entry.Leak(now(), taken, entry.leases()));
  }

  // Taking back

  @Override
  public boolean isQuiet(Slot slot) {
    return slot.waiting() == 0 && !dispatcher.isPressed();
  }

  @Override
  public void returned(Entry entry, long now) {
    chores.decide(
        todo -> {
          if (entry.arrive()) {
            parts.ends().returned(entry, now, todo);
          }
        });
  }

  @Override
  public void settle(Slot slot) {
    chores.decide(todo -> dispatcher.settle(slot, now(), todo));
  }

  @Override
  public void cleanElsewhere(Entry entry, Runnable cleaning) {
    chores.decide(
        todo -> {
          if (entry.arrive()) {
            parts.connections().clean(entry, cleaning, now(), todo);
          }
        });
  }

  @Override
  public boolean endsConnection(SQLException exception) {
    return fatalErrors.test(exception);
  }

  // Time

  /** What is due; returns after how many nanoseconds to come again. */
  long sweep() {
    long now = now();
    long[] pause = new long[1];
    chores.decideAtSweep(
        todo -> {
          parts.recount().afterDamage(now, todo);
          dispatcher.resume(now, todo);
          if (now - nextSweep >= 0) { // not at each failed login, which wakes the housekeeper
            nextSweep = now + Sweep.interval(settings);
            parts.sweep().all(now, todo);
          }
          pause[0] = Math.min(nextSweep - now, dispatcher.untilResume(now));
        });
    return pause[0];
  }

  /** Closes everything; returns when it is done, for the second caller too. */
  public void close() {
    shutdown.close();
  }

  /** What there is at this moment. */
  public Statistics statistics() {
    return statistics;
  }

  /** Who holds what and who waits for what at this moment. */
  public PoolSnapshot snapshot() {
    return snapshots.take();
  }
}
