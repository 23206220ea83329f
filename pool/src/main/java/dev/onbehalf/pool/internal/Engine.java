package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.ConnectionFactory;
import dev.onbehalf.pool.ConnectionTimeoutException;
import dev.onbehalf.pool.ConnectionTimeoutException.Bottleneck;
import dev.onbehalf.pool.CredentialProvider;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.UserPool;
import dev.onbehalf.pool.UserPoolManager;
import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.UserPoolStatistics;
import dev.onbehalf.pool.internal.jdbc.PooledConnection;
import dev.onbehalf.pool.internal.jdbc.SessionDefaults;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lends connections and takes them back.
 *
 * <p><b>The common path</b> takes no lock: a borrower leases an idle entry of their own slot, and
 * gives it back, by one compare-and-set each on that entry, or two where it had to be cleaned.
 *
 * <p><b>Everything else</b> is decided by the {@link Dispatcher} under one lock: a miss, a wait, a
 * login's start and end, an eviction, a closing. The lock is never held around anything that
 * blocks: what follows from a decision is done after unlocking ({@link Chores}), logins and
 * closings by the workers.
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
 */
public final class Engine {
  private static final Logger log = LoggerFactory.getLogger(UserPoolManager.class);
  private static final String UNABLE_TO_CONNECT = "08001";
  private static final String TOO_MANY_CONNECTIONS = "53300";

  /** HikariCP's measure: a connection used so lately is taken to be alive. */
  private static final long TRUSTED_NANOS = 500_000_000L;

  private final Settings settings;
  private final LongSupplier ticker;
  private final Workers workers;
  private final WaryObserver observer;
  private final Chores chores;
  private final Dispatcher dispatcher;
  private final EvictionPolicy policy;
  private final boolean watchesLeaks;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition emptied = lock.newCondition();
  private final ClassValue<Boolean> hearsRequests =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> driver) {
          return SessionDefaults.hearsRequests(driver);
        }
      };
  private volatile boolean closed;
  private long nextSweep;
  private @Nullable Housekeeper housekeeper;

  Engine(Settings settings, Login login, LongSupplier ticker, Workers workers) {
    this(settings, login, ticker, workers, Observer.NOBODY);
  }

  private Engine(
      Settings settings, Login login, LongSupplier ticker, Workers workers, Observer observer) {
    this.settings = settings;
    this.ticker = ticker;
    this.workers = workers;
    this.observer = new WaryObserver(observer);
    this.chores = new Chores(this, login, workers, this.observer);
    this.dispatcher = new Dispatcher(settings);
    this.policy = dispatcher.policy();
    this.nextSweep = ticker.getAsLong();
    this.watchesLeaks = !settings.leakDetectionThreshold().isZero();
  }

  /** An engine with its threads. */
  public static Engine start(
      Settings settings,
      ConnectionFactory factory,
      CredentialProvider provider,
      Supplier<Set<String>> tableOwners,
      Observer observer) {
    Engine engine =
        new Engine(
            settings,
            new Login(factory, provider, tableOwners, settings.rlsCheckMaxAge()),
            System::nanoTime,
            new WorkerThreads(settings.maxLoginsInFlight()),
            observer);
    engine.housekeeper = Housekeeper.start(engine);
    return engine;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  Settings settings() {
    return settings;
  }

  long now() {
    return ticker.getAsLong();
  }

  /** Something is due sooner than the housekeeper thinks. */
  void wakeHousekeeper() {
    if (housekeeper != null) {
      housekeeper.wake();
    }
  }

  boolean hearsRequests(Connection driver) {
    return hearsRequests.get(driver.getClass());
  }

  // Users

  /** The user's pool; made if there is none. */
  public UserPool pool(String user) {
    Slot slot = dispatcher.slots().get(UserName.requireGiven(user));
    return slot == null ? slotOf(user, null).handle() : slot.handle();
  }

  /** The user's pool, with overrides from now on. */
  public UserPool pool(String user, UserPoolOverrides overrides) {
    Slot slot = dispatcher.slots().get(UserName.requireGiven(user));
    return slot == null || !overrides.equals(slot.overrides())
        ? slotOf(user, overrides).handle()
        : slot.handle();
  }

  private Slot slotOf(String user, @Nullable UserPoolOverrides overrides) {
    UserName.require(user);
    Todo todo = new Todo();
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("The pool manager is closed");
      }
      Slot slot = dispatcher.slots().get(user);
      if (slot == null) {
        slot = dispatcher.add(new Slot(user, this, now()), todo);
      }
      if (overrides != null) {
        dispatcher.override(slot, overrides, now(), todo);
      }
      return slot;
    } finally {
      lock.unlock();
      chores.carryOut(todo);
    }
  }

  /** Whether the user is known. */
  public boolean hasPool(String user) {
    return dispatcher.slots().containsKey(user);
  }

  /** How many users are known. */
  public int size() {
    return dispatcher.slots().size();
  }

  /** Closes the user's connections and forgets the user. */
  public void closePool(String user) {
    locked(
        todo -> {
          Slot slot = dispatcher.slots().get(user);
          if (slot != null) {
            dispatcher.closePool(
                slot, now(), new Failure.Closed("The pool of \"" + user + "\""), todo);
          }
        });
  }

  /** Ends the user's back-off. */
  public void credentialRenewed(String user) {
    locked(
        todo -> {
          Slot slot = dispatcher.slots().get(user);
          if (slot != null) {
            slot.backoff = null;
            dispatcher.settle(slot, now(), todo);
          }
        });
  }

  // Lending

  Connection acquire(Handle handle) throws SQLException {
    Entry idle = takeIdle(handle);
    if (idle != null && isTrusted(idle)) {
      return lend(idle);
    }
    long deadline = System.nanoTime() + settings.connectionTimeout().toNanos();
    if (idle != null && isAlive(idle, deadline)) {
      return lend(idle);
    }
    return observer.observe(
        "acquire", () -> acquireInTime(handle, deadline), PooledConnection::close);
  }

  private PooledConnection acquireInTime(Handle handle, long deadline) throws SQLException {
    while (true) {
      Entry entry = await(enqueue(handle), deadline);
      if (isAlive(entry, deadline)) {
        return lend(entry);
      }
    }
  }

  /** The common path; null if it can't be taken. */
  @Nullable Entry takeIdle(Handle handle) {
    Slot slot = handle.slot();
    return isQuiet(slot) ? slot.lease() : null;
  }

  PooledConnection lend(Entry entry) {
    try {
      if (entry.leases() > 1) {
        policy.acquired(entry); // the first lease was told by its login
      }
      if (watchesLeaks) {
        watch(entry);
      }
      return new PooledConnection(entry, entry.leases(), entry.driver()).begin();
    } catch (Error e) { // of the driver, or the stack ran out: nobody else can give it back
      entry.markBroken();
      entry.giveBack(entry.leases());
      throw e;
    }
  }

  private void watch(Entry entry) {
    Throwable taken = new Throwable("taken by thread " + Thread.currentThread().getName());
    entry.watch(new Entry.Leak(now(), taken, entry.leases()));
  }

  /** Whether a leased entry can be used without a look at it. */
  private boolean isTrusted(Entry entry) {
    long now = now();
    return now - entry.lastUsed() < TRUSTED_NANOS && entry.isFit(now);
  }

  /**
   * Whether a leased entry can be used; if not, it is given back, which closes it. What can't be
   * asked any more before the deadline isn't used either.
   */
  private boolean isAlive(Entry entry, long deadline) {
    if (isTrusted(entry)) {
      return true;
    }
    if (entry.isFit(now())) {
      long time = settings.validationTimeout().toNanos();
      if (entry.answers(Math.min(time, deadline - System.nanoTime()))) {
        return true;
      }
      entry.markBroken();
    }
    entry.giveBack(entry.leases());
    return false;
  }

  /** A caller's place in the queue of a user. */
  record Place(Slot slot, Waiter waiter) {}

  Place enqueue(Handle handle) throws SQLException {
    Todo todo = new Todo();
    lock.lock();
    try {
      if (closed) {
        throw managerClosed().exception();
      }
      Place place = new Place(current(handle, todo), new Waiter());
      if (!place.slot().mayWait(settings)) {
        throw tooManyWait(place.slot());
      }
      dispatcher.enqueue(place.slot(), place.waiter(), now(), todo);
      return place;
    } finally {
      lock.unlock();
      chores.carryOut(todo);
    }
  }

  private ConnectionTimeoutException tooManyWait(Slot slot) {
    dispatcher.timedOut();
    PoolStatistics statistics = statistics();
    UserPoolStatistics own = Snapshot.of(slot, settings);
    return new ConnectionTimeoutException(
        Snapshot.describeCrowd(own),
        UNABLE_TO_CONNECT,
        Bottleneck.WAITERS_OF_USER,
        statistics,
        own,
        slot.loginFailure());
  }

  private Entry await(Place place, long deadline) throws SQLException {
    long patience = Math.min(dispatcher.patience(), deadline - System.nanoTime());
    Waiter.Outcome outcome = place.waiter().await(System.nanoTime() + patience);
    if (outcome == null && mayWait(deadline)) {
      insist(place);
      outcome = place.waiter().await(deadline);
    }
    if (outcome == null) {
      outcome = giveUp(place);
    }
    if (outcome instanceof Waiter.Served served) {
      return served.entry();
    }
    throw ((Waiter.Failed) outcome).failure().exception();
  }

  private static boolean mayWait(long deadline) {
    return deadline - System.nanoTime() > 0 && !Thread.currentThread().isInterrupted();
  }

  /** A caller has waited as long as a login takes, and would now rather have one. */
  void insist(Place place) {
    locked(todo -> dispatcher.insist(place.slot(), place.waiter(), now(), todo));
  }

  /**
   * The user's slot of today: the handle's, another that was made meanwhile, or the old revived.
   */
  private Slot current(Handle handle, Todo todo) {
    Slot slot = handle.slot();
    if (slot.known) {
      return slot;
    }
    Slot other = dispatcher.slots().get(slot.user());
    if (other == null) {
      return dispatcher.add(slot, todo);
    }
    handle.moveTo(other);
    return other;
  }

  /** Leaves the queue; what the caller was given in the last moment counts. */
  Waiter.Outcome giveUp(Place place) throws SQLException {
    Slot slot = place.slot();
    Todo todo = new Todo();
    lock.lock();
    try {
      PoolStatistics statistics = statistics();
      UserPoolStatistics own = Snapshot.of(slot, settings);
      boolean serverFull = slot.serverFull != null;
      SQLException loginFailure = slot.loginFailure();
      if (!dispatcher.giveUp(slot, place.waiter(), now(), todo)) {
        return Objects.requireNonNull(place.waiter().outcome());
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new SQLException(
            "Interrupted while waiting for a connection of \"" + slot.user() + "\"",
            UNABLE_TO_CONNECT,
            new InterruptedException());
      }
      dispatcher.timedOut();
      throw new ConnectionTimeoutException(
          Snapshot.describe(statistics, own, settings.connectionTimeout()),
          serverFull ? TOO_MANY_CONNECTIONS : UNABLE_TO_CONNECT,
          serverFull ? Bottleneck.LOGIN : Snapshot.bottleneck(statistics, own),
          statistics,
          own,
          loginFailure);
    } finally {
      lock.unlock();
      chores.carryOut(todo);
    }
  }

  // Taking back

  /** Whether nobody waits for what this user has, so that the common path may be taken. */
  boolean isQuiet(Slot slot) {
    return slot.waiting() == 0 && !dispatcher.isPressed();
  }

  /** An entry, HELD by its last borrower, comes back. */
  void returned(Entry entry, long now) {
    locked(todo -> dispatcher.returned(entry, now, todo));
  }

  /** Something of the user's became idle while somebody may have begun to wait. */
  void settle(Slot slot) {
    locked(todo -> dispatcher.settle(slot, now(), todo));
  }

  // Changes

  /** Decides under the lock, and does what follows without it. */
  void locked(Consumer<Todo> change) {
    Todo todo = new Todo();
    lock.lock();
    try {
      change.accept(todo);
      if (dispatcher.used() == 0) {
        emptied.signalAll();
      }
    } finally {
      lock.unlock();
      chores.carryOut(todo);
    }
  }

  // Time

  /** What is due; returns after how many nanoseconds to come again. */
  long sweep() {
    long now = now();
    Todo todo = new Todo();
    lock.lock();
    try {
      dispatcher.resume(now, todo);
      if (now - nextSweep >= 0) { // not at each failed login, which wakes the housekeeper
        nextSweep = now + Sweep.interval(settings);
        for (Slot slot : dispatcher.all()) {
          Sweep.slot(dispatcher, settings, slot, now, todo);
        }
      }
      return Math.min(nextSweep - now, dispatcher.untilResume(now));
    } finally {
      lock.unlock();
      chores.carryOut(todo);
    }
  }

  // The end

  /** Closes everything; returns when it is done. */
  public void close() {
    Todo todo = new Todo();
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      for (Slot slot : dispatcher.all()) {
        dispatcher.closePool(slot, now(), managerClosed(), todo);
      }
    } finally {
      lock.unlock();
      chores.carryOut(todo);
    }
    if (!awaitEmpty(settings.closeGracePeriod().toNanos())) {
      abortLeased();
      awaitEmpty(settings.validationTimeout().toNanos());
    }
    if (housekeeper != null) {
      housekeeper.stop();
    }
    workers.stop();
  }

  private void abortLeased() {
    locked(
        todo -> {
          for (Slot slot : dispatcher.all()) {
            for (Entry entry : slot.entries()) {
              if (entry.seize()) {
                entry.markBroken();
                log.warn(
                    "Aborting a connection of \"{}\" that did not come back within {}",
                    slot.user(),
                    settings.closeGracePeriod());
                dispatcher.abort(entry, todo);
              }
            }
          }
        });
  }

  private boolean awaitEmpty(long nanos) {
    boolean interrupted = false;
    lock.lock();
    try {
      long left = nanos;
      while (dispatcher.used() > 0 && left > 0) {
        left = emptied.awaitNanos(left);
      }
      return dispatcher.used() == 0;
    } catch (InterruptedException e) {
      interrupted = true;
      return dispatcher.used() == 0;
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Failure managerClosed() {
    return new Failure.Closed("The pool manager");
  }

  // What there is

  /** Over all users. */
  public PoolStatistics statistics() {
    lock.lock();
    try {
      return Snapshot.of(dispatcher, settings);
    } finally {
      lock.unlock();
    }
  }

  /** Of each user. */
  public List<UserPoolStatistics> statisticsByUser() {
    lock.lock();
    try {
      return dispatcher.all().stream().map(slot -> Snapshot.of(slot, settings)).toList();
    } finally {
      lock.unlock();
    }
  }

  UserPoolStatistics statistics(String user) {
    lock.lock();
    try {
      Slot slot = dispatcher.slots().get(user);
      return slot == null
          ? new UserPoolStatistics(user, 0, 0, 0, 0, 0, settings.maxConnectionsPerUser(), 0)
          : Snapshot.of(slot, settings);
    } finally {
      lock.unlock();
    }
  }
}
