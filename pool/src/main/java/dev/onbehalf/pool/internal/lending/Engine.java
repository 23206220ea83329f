package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.ConnectionFactory;
import dev.onbehalf.pool.CredentialProvider;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.UserPool;
import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.UserPoolStatistics;
import dev.onbehalf.pool.internal.Hooks;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.UserName;
import dev.onbehalf.pool.internal.deciding.Budget;
import dev.onbehalf.pool.internal.deciding.Call;
import dev.onbehalf.pool.internal.deciding.CallEnds;
import dev.onbehalf.pool.internal.deciding.Calls;
import dev.onbehalf.pool.internal.deciding.Connections;
import dev.onbehalf.pool.internal.deciding.Counters;
import dev.onbehalf.pool.internal.deciding.Dispatcher;
import dev.onbehalf.pool.internal.deciding.Overdue;
import dev.onbehalf.pool.internal.deciding.Sweep;
import dev.onbehalf.pool.internal.deciding.Todo;
import dev.onbehalf.pool.internal.deciding.Users;
import dev.onbehalf.pool.internal.evicting.EvictionPolicy;
import dev.onbehalf.pool.internal.jdbc.PooledConnection;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Failure;
import dev.onbehalf.pool.internal.user.Slot;
import dev.onbehalf.pool.internal.user.Waiter;
import dev.onbehalf.pool.internal.work.Chores;
import dev.onbehalf.pool.internal.work.Housekeeper;
import dev.onbehalf.pool.internal.work.WaryObserver;
import dev.onbehalf.pool.internal.work.WorkerThreads;
import dev.onbehalf.pool.internal.work.Workers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
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
 * <p><b>Everything else</b> is decided by the {@link Dispatcher} under one lock: a miss, a wait, a
 * login's start and end, an eviction, a closing. The lock is never held around anything that
 * blocks: what follows from a decision is done after unlocking ({@link Chores}), calls into the
 * driver and the provider by the workers, each of them with an end ({@link Call}).
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
 * ({@link Entry#lost}), and the housekeeper ends the lease.
 */
public final class Engine implements Entry.Lender, Chores.Decisions {
  private final Settings settings;
  private final LongSupplier ticker;
  private final Workers workers;
  private final WaryObserver observer;
  private final Predicate<SQLException> fatalErrors;
  private final Chores chores;
  private final Counters counters = new Counters();
  private final Users users;
  private final Connections connections;
  private final Dispatcher dispatcher;
  private final CallEnds ends;
  private final Overdue overdue;
  private final Refusals refusals;
  private final Sweep sweep;
  private final EvictionPolicy policy;
  private final boolean watchesLeaks;
  private final boolean tellsLeases;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition emptied = lock.newCondition();
  private final Holders holders = new Holders();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean closed;
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
    this.fatalErrors = hooks.fatalErrors();
    this.policy = new EvictionPolicy(settings.maxConnections());
    Budget budget = new Budget(settings.maxConnections());
    Calls calls = new Calls(settings);
    this.users = new Users(settings, budget);
    this.connections = new Connections(policy, counters, calls);
    this.dispatcher = new Dispatcher(settings, users, budget, calls, connections);
    this.ends = new CallEnds(settings, users, budget, calls, connections, dispatcher, counters);
    this.refusals = new Refusals(settings, dispatcher, this::statistics);
    this.overdue = new Overdue(budget, calls, connections, dispatcher, ends);
    this.sweep = new Sweep(settings, users, calls, connections, dispatcher, overdue);
    this.chores =
        new Chores(
            this, ends, settings, login, hooks.initializer(), workers, this.observer, ticker, this);
    this.nextSweep = ticker.getAsLong();
    this.watchesLeaks = !settings.leakDetectionThreshold().isZero();
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

  Dispatcher dispatcher() {
    return dispatcher;
  }

  Users users() {
    return users;
  }

  Sweep sweeper() {
    return sweep;
  }

  Settings settings() {
    return settings;
  }

  @Override
  public long now() {
    return ticker.getAsLong();
  }

  @Override
  public void wakeHousekeeper() {
    if (housekeeper != null) {
      housekeeper.wake();
    }
  }

  // Users

  /** The user's pool; made if there is none. */
  public UserPool pool(String user) {
    Slot slot = users.slots().get(UserName.requireGiven(user));
    return slot == null ? slotOf(user, null).handle() : slot.handle();
  }

  /** The user's pool, with overrides from now on. */
  public UserPool pool(String user, UserPoolOverrides overrides) {
    Slot slot = users.slots().get(UserName.requireGiven(user));
    return slot == null || !overrides.equals(slot.overrides())
        ? slotOf(user, overrides).handle()
        : slot.handle();
  }

  private Slot slotOf(String user, @Nullable UserPoolOverrides overrides) {
    UserName.require(user);
    Slot[] found = new Slot[1];
    locked(
        todo -> {
          if (closed) {
            throw new IllegalStateException("The pool manager is closed");
          }
          Slot slot = users.slots().get(user);
          if (slot == null) {
            slot = users.add(new Slot(user, made -> new Handle(this, made)), now(), todo);
          }
          if (overrides != null) {
            dispatcher.override(slot, overrides, now(), todo);
          }
          found[0] = slot;
        });
    return found[0];
  }

  /** Whether the user is known. */
  public boolean hasPool(String user) {
    return users.slots().containsKey(user);
  }

  /** How many users are known. */
  public int size() {
    return users.slots().size();
  }

  /** Closes the user's connections and forgets the user. */
  public void closePool(String user) {
    Failure why = new Failure.Closed("The pool of \"" + user + "\"");
    ofUser(user, (slot, todo) -> closePool(slot, why, todo));
  }

  private void closePool(Slot slot, Failure why, Todo todo) {
    dispatcher.closePool(slot, now(), why, todo);
    overdue.cancelLogins(slot, now(), todo);
  }

  /** Has new connections take the place of the user's. */
  public void evict(String user) {
    ofUser(user, (slot, todo) -> dispatcher.evict(slot, now(), todo));
  }

  /** Has new connections take the place of all. */
  public void evictAll() {
    locked(todo -> users.all().forEach(slot -> dispatcher.evict(slot, now(), todo)));
  }

  /** Ends the user's back-off. */
  public void credentialRenewed(String user) {
    ofUser(user, (slot, todo) -> dispatcher.credentialRenewed(slot, now(), todo));
  }

  private void ofUser(String user, BiConsumer<Slot, Todo> change) {
    locked(
        todo -> {
          Slot slot = users.slots().get(user);
          if (slot != null) {
            change.accept(slot, todo);
          }
        });
  }

  /** Serves nobody until {@link #resume}. */
  public void suspend() {
    locked(todo -> dispatcher.suspend());
  }

  /** Serves who has waited meanwhile, and everybody from now on. */
  public void resume() {
    locked(todo -> dispatcher.resumeServing(now(), todo));
  }

  // Lending

  Connection acquire(Handle handle, Duration timeout) throws SQLException {
    StackRoom.requireSome();
    long began = tellsLeases ? System.nanoTime() : 0;
    Entry idle = takeIdle(handle);
    try {
      long now = now();
      if (idle != null && idle.wasHeardOfLately(now) && idle.isFit(now)) {
        idle.lent(now);
        return told(lend(idle), began);
      }
      StackRoom.require(); // while the lease is this caller's to lose
    } catch (RuntimeException | Error e) { // of the driver, or the stack ran out
      if (idle != null) {
        idle.lost.present = true;
      }
      throw e;
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    return told(
        observer.observe("acquire", () -> acquireInTime(handle, idle, deadline, timeout)), began);
  }

  private PooledConnection acquireInTime(
      Handle handle, @Nullable Entry stale, long deadline, Duration timeout) throws SQLException {
    Entry entry = await(enqueue(handle, stale), deadline, timeout);
    try {
      entry.lent(now());
      return lend(entry);
    } catch (RuntimeException | Error e) {
      entry.lost.present = true;
      throw e;
    }
  }

  void prewarm(Handle handle) {
    Slot known = handle.slot();
    if (known.open() > 0) { // without the lock: who is wrong only wins or loses time
      return;
    }
    locked(
        todo -> {
          if (!closed) {
            dispatcher.prewarm(current(handle, todo), now(), todo);
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

  private PooledConnection told(PooledConnection connection, long began) {
    if (tellsLeases) {
      observer.leased(System.nanoTime() - began);
    }
    return connection;
  }

  @Override
  public boolean hearsLeases() {
    return tellsLeases;
  }

  @Override
  public void ended(long nanos) {
    observer.returned(nanos);
  }

  private void watch(Entry entry) {
    Throwable taken = new Throwable("taken by thread " + Thread.currentThread().getName());
    entry.watch(new Entry.Leak(now(), taken, entry.leases()));
  }

  /** A caller's place in the queue of a user. */
  record Place(Slot slot, Waiter waiter) {}

  Place enqueue(Handle handle) throws SQLException {
    return enqueue(handle, null);
  }

  /**
   * Joins the queue.
   *
   * @param stale an entry that the caller leased, and that has to be looked at before it is used
   */
  private Place enqueue(Handle handle, @Nullable Entry stale) throws SQLException {
    AtomicReference<Place> place = new AtomicReference<>();
    AtomicReference<Supplier<SQLException>> refusal = new AtomicReference<>();
    locked(
        todo -> {
          if (stale != null) {
            putBack(stale, todo);
          }
          if (closed) {
            refusal.set(() -> Refusals.managerClosed().exception());
            return;
          }
          Slot slot = current(handle, todo);
          if (slot.mayWait(settings)) {
            Waiter waiter = new Waiter();
            dispatcher.enqueue(slot, waiter, now(), todo);
            place.set(new Place(slot, waiter));
          } else {
            counters.timeouts++;
            refusal.set(refusals.tooManyWait(slot));
          }
        });
    if (refusal.get() != null) {
      throw refusal.get().get();
    }
    return Objects.requireNonNull(place.get());
  }

  /** It is looked at when it is handed to the caller. */
  private void putBack(Entry stale, Todo todo) {
    if (!stale.unlease()) {
      return;
    }
    if (stale.isFit(now())) {
      stale.release();
    } else {
      connections.close(stale, now(), todo);
    }
  }

  private Entry await(Place place, long deadline, Duration timeout) throws SQLException {
    Waiter.Outcome outcome;
    try {
      long patience = Math.min(dispatcher.patience(), deadline - System.nanoTime());
      outcome = place.waiter().await(System.nanoTime() + patience);
      if (outcome == null && mayWait(deadline)) {
        insist(place);
        outcome = place.waiter().await(deadline);
      }
      if (outcome == null) {
        outcome = giveUp(place, timeout);
      }
    } catch (Error e) { // nobody will look at the outcome
      withdraw(place);
      throw e;
    }
    if (outcome instanceof Waiter.Served served) {
      return served.entry();
    }
    throw ((Waiter.Failed) outcome).failure().exception();
  }

  private static boolean mayWait(long deadline) {
    return deadline - System.nanoTime() > 0 && !Thread.currentThread().isInterrupted();
  }

  private void withdraw(Place place) {
    locked(todo -> dispatcher.giveUp(place.slot(), place.waiter(), now(), todo));
    if (place.waiter().outcome() instanceof Waiter.Served served) {
      served.entry().giveBack(served.entry().leases());
    }
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
    if (slot.isKnown()) {
      return slot;
    }
    Slot other = users.slots().get(slot.user());
    if (other == null) {
      return users.add(slot, now(), todo);
    }
    handle.moveTo(other);
    return other;
  }

  Waiter.Outcome giveUp(Place place) throws SQLException {
    return giveUp(place, settings.connectionTimeout());
  }

  /** Leaves the queue; what the caller was given in the last moment counts. */
  private Waiter.Outcome giveUp(Place place, Duration timeout) throws SQLException {
    Slot slot = place.slot();
    boolean interrupted = Thread.currentThread().isInterrupted();
    AtomicReference<Supplier<SQLException>> refusal = new AtomicReference<>();
    locked(
        todo -> {
          Supplier<SQLException> timedOut = refusals.timedOut(slot, timeout);
          if (dispatcher.giveUp(slot, place.waiter(), now(), todo)) {
            refusal.set(interrupted ? Refusals.interrupted(slot) : timedOut);
            if (!interrupted) {
              counters.timeouts++;
              holders.tell(connections.all(), now(), todo);
            }
          }
        });
    if (refusal.get() != null) {
      throw refusal.get().get();
    }
    return Objects.requireNonNull(place.waiter().outcome());
  }

  // Taking back

  @Override
  public boolean isQuiet(Slot slot) {
    return slot.waiting() == 0 && !dispatcher.isPressed();
  }

  @Override
  public void returned(Entry entry, long now) {
    locked(
        todo -> {
          if (entry.arrive()) {
            ends.returned(entry, now, todo);
          }
        });
  }

  @Override
  public void settle(Slot slot) {
    locked(todo -> dispatcher.settle(slot, now(), todo));
  }

  @Override
  public void cleanElsewhere(Entry entry, Runnable cleaning) {
    locked(
        todo -> {
          if (entry.arrive()) {
            connections.clean(entry, cleaning, now(), todo);
          }
        });
  }

  @Override
  public boolean endsConnection(SQLException exception) {
    return fatalErrors.test(exception);
  }

  // Changes

  /** Decides under the lock, and does what follows without it. */
  void locked(Consumer<Todo> change) {
    Todo todo = new Todo();
    try {
      decide(todo, change);
    } finally {
      chores.carryOut(todo); // what was decided before a failure, too
    }
  }

  @Override
  public void decide(Todo todo, Consumer<Todo> change) {
    StackRoom.require();
    lock.lock();
    try {
      change.accept(todo);
      if (dispatcher.used() == 0) {
        emptied.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  // Time

  /** What is due; returns after how many nanoseconds to come again. */
  long sweep() {
    long now = now();
    long[] pause = new long[1];
    locked(
        todo -> {
          dispatcher.resume(now, todo);
          if (now - nextSweep >= 0) { // not at each failed login, which wakes the housekeeper
            nextSweep = now + Sweep.interval(settings);
            sweep.all(now, todo);
          }
          pause[0] = Math.min(nextSweep - now, dispatcher.untilResume(now));
        });
    return pause[0];
  }

  // The end

  /** Closes everything; returns when it is done, for the second caller too. */
  public void close() {
    boolean[] first = new boolean[1];
    locked(
        todo -> {
          first[0] = !closed;
          closed = true;
          if (first[0]) {
            for (Slot slot : List.copyOf(users.all())) {
              closePool(slot, Refusals.managerClosed(), todo);
            }
          }
        });
    if (first[0]) {
      end();
    } else {
      awaitEnd();
    }
  }

  private void end() {
    try {
      if (!awaitEmpty(settings.closeGracePeriod())) {
        locked(todo -> overdue.abortAll(now(), todo));
        awaitEmpty(abortTime());
      }
      locked(todo -> overdue.giveUpAll(now(), todo));
    } finally {
      if (housekeeper != null) {
        housekeeper.stop();
      }
      workers.stop();
      ended.countDown();
    }
  }

  /** To abort is to close a socket. */
  private Duration abortTime() {
    Duration longest = Duration.ofSeconds(1);
    return settings.validationTimeout().compareTo(longest) < 0
        ? settings.validationTimeout()
        : longest;
  }

  private void awaitEnd() {
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean awaitEmpty(Duration time) {
    lock.lock();
    try {
      long left = time.toNanos();
      while (dispatcher.used() > 0 && left > 0) {
        left = emptied.awaitNanos(left);
      }
      return dispatcher.used() == 0;
    } catch (InterruptedException e) { // there is no grace any more
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  // What there is

  /** Over all users. */
  public PoolStatistics statistics() {
    lock.lock();
    try {
      return Snapshot.of(settings, users, connections, dispatcher, counters);
    } finally {
      lock.unlock();
    }
  }

  /** Of each user. */
  public List<UserPoolStatistics> statisticsByUser() {
    lock.lock();
    try {
      return users.all().stream().map(slot -> Snapshot.of(slot, settings)).toList();
    } finally {
      lock.unlock();
    }
  }

  UserPoolStatistics statistics(String user) {
    lock.lock();
    try {
      Slot slot = users.slots().get(user);
      return slot == null
          ? new UserPoolStatistics(user, 0, 0, 0, 0, 0, settings.maxConnectionsPerUser(), 0)
          : Snapshot.of(slot, settings);
    } finally {
      lock.unlock();
    }
  }
}
