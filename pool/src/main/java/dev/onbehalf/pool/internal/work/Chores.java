package dev.onbehalf.pool.internal.work;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.SessionInitializer;
import dev.onbehalf.pool.internal.PoolLog;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.deciding.Call;
import dev.onbehalf.pool.internal.deciding.Call.Asking;
import dev.onbehalf.pool.internal.deciding.Call.Checking;
import dev.onbehalf.pool.internal.deciding.Call.Cleaning;
import dev.onbehalf.pool.internal.deciding.Call.Closing;
import dev.onbehalf.pool.internal.deciding.Call.LoggingIn;
import dev.onbehalf.pool.internal.deciding.CallEnds;
import dev.onbehalf.pool.internal.deciding.Decisions;
import dev.onbehalf.pool.internal.deciding.Parts;
import dev.onbehalf.pool.internal.deciding.ServerLimit;
import dev.onbehalf.pool.internal.deciding.Todo;
import dev.onbehalf.pool.internal.deciding.Todo.LeakReport;
import dev.onbehalf.pool.internal.jdbc.DriverCalls;
import dev.onbehalf.pool.internal.jdbc.SessionDefaults;
import dev.onbehalf.pool.internal.jdbc.SqlStates;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Waiter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Does what was decided under the engine's lock, after unlocking: wakes callers, and has workers
 * make the {@link Call}s. Each of these ends in another decision; a call that follows from it is
 * made by the same worker, which spares the hand-over. Nobody else makes one: it may be any user's,
 * and hang. Where there is no thread for it, the next sweeps hand it out again.
 */
public final class Chores {
  private static final Logger log = PoolLog.LOG;

  /** How long a server may need to let go of a connection that was closed for the next. */
  private static final long[] SERVERS_PACE = {
    Duration.ofMillis(5).toNanos(), Duration.ofMillis(20).toNanos(), Duration.ofMillis(60).toNanos()
  };

  private final Decisions decisions;
  private final CallEnds ends;
  private final Runnable wakeHousekeeper;
  private final Settings settings;
  private final Login login;
  private final SessionInitializer initializer;
  private final Workers workers;
  private final WaryObserver observer;
  private final LongSupplier ticker;
  private final Entry.Lender lender;
  private final HookRunner hooks;
  private final ClassValue<Boolean> hearsRequests =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> driver) {
          return SessionDefaults.hearsRequests(driver);
        }
      };

  public Chores(
      Parts parts,
      Runnable wakeHousekeeper,
      Settings settings,
      Login login,
      SessionInitializer initializer,
      Workers workers,
      WaryObserver observer,
      LongSupplier ticker,
      Entry.Lender lender) {
    this.decisions = parts.decisions();
    this.ends = parts.ends();
    this.wakeHousekeeper = wakeHousekeeper;
    this.settings = settings;
    this.login = login;
    this.initializer = initializer;
    this.workers = workers;
    this.hooks = new HookRunner(workers);
    this.observer = observer;
    this.ticker = ticker;
    this.lender = lender;
  }

  /** Decides under the lock, and does what follows without it. */
  public void decide(Consumer<Todo> change) {
    decide(change, this::hand);
  }

  /**
   * As {@link #decide}, and hands out once more the hooks that no worker took. Nothing is observed
   * here, and an observer in which a call hangs before it begins is not asked again.
   */
  public void decideAtSweep(Consumer<Todo> change) {
    decide(change, this::handUnobserved);
    hooks.tryAgain();
  }

  private void decide(Consumer<Todo> change, Consumer<Call> hand) {
    Todo todo = new Todo();
    try {
      decisions.decide(todo, change);
    } finally { // what was decided before a failure, too
      try {
        Call own = begin(todo, hand);
        if (own != null) {
          hand.accept(own);
        }
      } finally {
        tell(todo);
      }
    }
  }

  /** Leaves one call to the worker that this may be. */
  private @Nullable Call begin(Todo todo, Consumer<Call> hand) {
    for (Waiter waiter : todo.wakeUps()) {
      waiter.wake();
    }
    for (Call call : todo.interrupts()) {
      call.interrupt();
    }
    Call own = null;
    for (Call call : todo.calls()) {
      if (own == null) {
        own = call;
      } else {
        hand.accept(call);
      }
    }
    return own;
  }

  /** Last, for it is other people's code: a log, and whoever hears of something. */
  private void tell(Todo todo) {
    for (Runnable hook : todo.hooks()) {
      quietly(() -> hooks.run(hook));
    }
    todo.notes().forEach(Chores::quietly);
    for (LeakReport leak : todo.leaks()) {
      quietly(() -> tell(leak));
    }
  }

  /** Waits for what the application hears of at this moment; not for one that hangs. */
  public void awaitHooks(Duration time) {
    hooks.await(time);
  }

  private static void tell(LeakReport leak) {
    log.warn(
        "A connection of \"{}\" has not come back for {} ms; is it closed at all?",
        leak.user(),
        leak.held().toMillis(),
        leak.takenBy());
  }

  /** What only tells of the work must not end it. */
  private static void quietly(Runnable note) {
    try {
      note.run();
    } catch (RuntimeException | Error e) {
      // the log itself failed: there is nobody left to tell
    }
  }

  /** Has a worker make it, as a part of what is observed here. */
  private void hand(Call call) {
    boolean isObserved = call instanceof LoggingIn || call instanceof Asking;
    hand(call, task -> isObserved ? observer.handOver(task) : task);
  }

  private void handUnobserved(Call call) {
    hand(call, task -> task);
  }

  /** If there is one. */
  private void hand(Call call, UnaryOperator<Runnable> handOver) {
    try {
      workers.execute(handOver.apply(() -> work(call)));
    } catch (RuntimeException | Error e) {
      quietly(() -> log.warn("No thread to log in or to close a connection with", e));
    }
  }

  private void work(Call first) {
    Call next = first;
    while (next != null) {
      next = workOnce(next);
    }
  }

  /** Returns what is to be made next. */
  private @Nullable Call workOnce(Call call) {
    Todo todo = new Todo();
    Call next = null;
    boolean made = false;
    try {
      make(call, todo);
      made = true;
    } finally { // what was decided before a failure, too
      try {
        next = begin(todo, this::hand);
        if (!made && next != null) {
          hand(next);
        }
      } finally {
        tell(todo);
      }
    }
    return next;
  }

  private void make(Call call, Todo todo) {
    if (call.isInVain() || !call.begin()) {
      return;
    }
    try {
      if (call instanceof Asking asking) {
        ask(asking, todo);
      } else if (call instanceof LoggingIn order) {
        logIn(order, todo);
      } else if (call instanceof Checking check) {
        check(check, todo);
      } else if (call instanceof Cleaning cleaning) {
        clean(cleaning, todo);
      } else if (call instanceof Closing closing) {
        close(closing, todo);
      }
    } catch (RuntimeException | Error e) {
      call.strand(); // unless it has ended, the housekeeper ends it
      throw e;
    } finally {
      call.leave();
    }
  }

  private void ask(Asking call, Todo todo) {
    Secret credential;
    try {
      credential = observer.observe("credential", () -> login.credential(call.slot().user()));
    } catch (SQLException e) {
      refused(call, e, todo);
      return;
    } catch (RuntimeException | Error e) {
      refused(call, endedWith(e), todo);
      return;
    }
    decide(todo, now -> ends.answered(call, credential, now, todo));
  }

  private void refused(Asking call, SQLException cause, Todo todo) {
    quietly(() -> log.debug("No credential for \"{}\": {}", call.slot().user(), said(cause)));
    decide(todo, now -> ends.refused(call, cause, now, todo));
    wakeHousekeeper.run();
  }

  private void logIn(LoggingIn call, Todo todo) {
    Entry entry;
    try {
      entry = observer.observe("login", () -> open(call));
    } catch (SQLException e) {
      failed(call, e, todo);
      return;
    } catch (RuntimeException | Error e) {
      failed(call, endedWith(e), todo);
      return;
    }
    boolean[] inTime = new boolean[1];
    decide(todo, now -> inTime[0] = ends.loggedIn(call, entry, now, todo));
    if (!inTime[0]) {
      DriverCalls.close(entry.driver());
    }
  }

  private void failed(LoggingIn call, SQLException cause, Todo todo) {
    quietly(() -> log.debug("Login of \"{}\" failed: {}", call.slot().user(), said(cause)));
    boolean serverIsFull = ServerLimit.isTold(cause); // asks the driver's class: not under the lock
    decide(todo, now -> ends.loginFailed(call, cause, serverIsFull, now, todo));
    wakeHousekeeper.run();
  }

  /** Its stack goes to the caller, as a cause. */
  private static String said(SQLException cause) {
    return String.valueOf(cause.getMessage());
  }

  private void decide(Todo todo, LongConsumer change) {
    decisions.decide(todo, it -> change.accept(ticker.getAsLong()));
  }

  private static SQLException endedWith(Throwable e) {
    return new SQLException("The login ended with " + e.getClass().getName(), e);
  }

  private Entry open(LoggingIn call) throws SQLException {
    Connection driver = connect(call);
    try {
      requireWanted(call);
      prepare(call.slot().user(), driver);
      long now = ticker.getAsLong();
      return new Entry(
          lender,
          call.slot(),
          new Entry.Opened(
              call.number(),
              driver,
              new SessionDefaults(driver, settings.discardAllOnReturn()),
              hearsRequests.get(driver.getClass()),
              call.epoch,
              now + lifetime()),
          now);
    } catch (SQLException | RuntimeException | Error e) {
      DriverCalls.close(driver);
      throw e;
    }
  }

  /** What is set here is what a return goes back to. */
  private void prepare(String user, Connection driver) throws SQLException {
    if (!settings.socketTimeout().isZero()) {
      long millis = Math.min(settings.socketTimeout().toMillis(), Integer.MAX_VALUE);
      driver.setNetworkTimeout(Runnable::run, (int) millis);
    }
    if (initializer != SessionInitializer.NONE) {
      initializer.initialize(user, driver);
      SessionDefaults.endTransaction(driver);
    }
  }

  /** Where a connection was closed for this one, the server may still count that for a moment. */
  private Connection connect(LoggingIn call) throws SQLException {
    for (int attempt = 0; call.inOthersPlace() && attempt < SERVERS_PACE.length; attempt++) {
      try {
        return connectOnce(call);
      } catch (SQLException e) {
        if (!ServerLimit.isTold(e)) {
          throw e;
        }
        LockSupport.parkNanos(SERVERS_PACE[attempt]);
      }
    }
    return connectOnce(call);
  }

  private Connection connectOnce(LoggingIn call) throws SQLException {
    return login.open(
        call.slot().user(),
        call.credential(),
        call.requireRowSecurity(),
        new Login.Watcher() {
          @Override
          public void requireWanted() throws SQLException {
            Chores.requireWanted(call);
          }

          /** Either this sees that the call has ended, or who ends it sees the connection. */
          @Override
          public void connected(Connection driver) throws SQLException {
            call.connected(driver);
            if (call.isInVain()) {
              DriverCalls.abort(driver);
            }
            requireWanted();
          }
        });
  }

  /** Nothing is asked in the name of somebody whose login was ended. */
  private static void requireWanted(LoggingIn call) throws SQLException {
    if (call.isInVain()) {
      throw new SQLException(
          "The login of \"" + call.slot().user() + "\" was ended", SqlStates.UNABLE_TO_CONNECT);
    }
  }

  private void check(Checking call, Todo todo) {
    if (!DriverCalls.answers(call.entry().driver(), settings.validationTimeout())) {
      call.entry().markBroken();
    }
    decide(todo, now -> ends.checked(call, now, todo));
  }

  private void clean(Cleaning call, Todo todo) {
    try {
      call.work().run();
    } catch (RuntimeException | Error e) {
      call.entry().markBroken();
    }
    decide(todo, now -> ends.cleaned(call, now, todo));
  }

  private void close(Closing call, Todo todo) {
    if (call.abort()) {
      DriverCalls.abort(call.driver());
    } else {
      DriverCalls.close(call.driver());
    }
    decide(todo, now -> ends.closed(call, now, todo));
  }

  /** Less up to 2.5 %, so that connections opened together don't end together. */
  private long lifetime() {
    long nanos = settings.maxLifetime().toNanos();
    if (nanos == 0) {
      return Long.MAX_VALUE / 2;
    }
    long variance = nanos / 40;
    return variance == 0 ? nanos : nanos - ThreadLocalRandom.current().nextLong(variance);
  }
}
