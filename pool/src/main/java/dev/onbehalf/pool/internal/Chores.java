package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.UserPoolManager;
import dev.onbehalf.pool.internal.Todo.LoginOrder;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what was decided under the engine's lock, after unlocking: wakes callers, and has the
 * workers log in, close and check. Each of these ends in another decision.
 */
final class Chores {
  private static final Logger log = LoggerFactory.getLogger(UserPoolManager.class);

  private final Engine engine;
  private final Login login;
  private final Workers workers;
  private final WaryObserver observer;

  Chores(Engine engine, Login login, Workers workers, WaryObserver observer) {
    this.engine = engine;
    this.login = login;
    this.workers = workers;
    this.observer = observer;
  }

  void carryOut(Todo todo) {
    for (Waiter waiter : todo.wakeUps) {
      waiter.wake();
    }
    for (Entry entry : todo.closings) {
      hand(() -> close(entry));
    }
    for (Entry entry : todo.aborts) {
      hand(() -> abort(entry));
    }
    for (Entry entry : todo.checks) {
      hand(() -> check(entry));
    }
    for (LoginOrder order : todo.logins) {
      hand(observer.handOver(() -> logIn(order)));
    }
    for (Todo.UserChange it : todo.userChanges) {
      log.debug(
          "Pool of \"{}\" {}: {} users, {} connections",
          it.user(),
          it.change(),
          it.users(),
          it.connections());
    }
    for (Todo.LeakReport leak : todo.leaks) {
      log.warn(
          "A connection of \"{}\" has not come back for {} ms; is it closed at all?",
          leak.user(),
          leak.held().toMillis(),
          leak.takenBy());
    }
  }

  /** Has a worker do it; this thread does if there is none, for what isn't done loses a place. */
  private void hand(Runnable task) {
    Once once = new Once(task);
    try {
      workers.execute(once);
    } catch (RuntimeException | Error e) {
      log.warn("No thread to log in or to close a connection with", e);
      once.run();
    }
  }

  /** The housekeeper holds an idle entry to hear whether it still works. */
  private void check(Entry entry) {
    if (!entry.answers(engine.settings().validationTimeout().toNanos())) {
      entry.markBroken();
    }
    engine.locked(
        todo -> {
          long now = engine.now();
          entry.checked(now);
          engine.dispatcher().checked(entry, now, todo);
        });
  }

  private void close(Entry entry) {
    Login.close(entry.driver());
    engine.locked(todo -> engine.dispatcher().closed(entry, engine.now(), todo));
  }

  private void abort(Entry entry) {
    try {
      entry.driver().abort(Runnable::run);
    } catch (SQLException | RuntimeException e) {
      log.debug("Aborting a connection of \"{}\" failed", entry.user(), e);
    } finally {
      close(entry);
    }
  }

  private void logIn(LoginOrder order) {
    Entry evicted = order.evicted();
    if (evicted != null) {
      Login.close(evicted.driver());
      engine.locked(todo -> engine.dispatcher().closedForLogin(evicted, engine.now(), todo));
    }
    Entry entry;
    try {
      entry = observer.observe("login", () -> open(order), opened -> Login.close(opened.driver()));
    } catch (SQLException e) {
      failed(order, e);
      return;
    } catch (RuntimeException e) {
      failed(order, endedWith(e));
      return;
    } catch (Error e) {
      failed(order, endedWith(e));
      throw e;
    }
    engine.locked(todo -> engine.dispatcher().loggedIn(order, entry, engine.now(), todo));
  }

  private static SQLException endedWith(Throwable e) {
    return new SQLException("The login ended with " + e.getClass().getName(), e);
  }

  private Entry open(LoginOrder order) throws SQLException {
    Slot slot = order.slot();
    Connection driver = login.open(slot.user(), order.requireRowSecurity());
    try {
      long now = engine.now();
      return new Entry(engine, slot, order.epoch(), driver, now, now + lifetime());
    } catch (SQLException | RuntimeException | Error e) {
      Login.close(driver);
      throw e;
    }
  }

  private void failed(LoginOrder order, SQLException cause) {
    log.debug("Login of \"{}\" failed", order.slot().user(), cause);
    engine.locked(todo -> engine.dispatcher().loginFailed(order, cause, engine.now(), todo));
    engine.wakeHousekeeper();
  }

  /** Less up to 2.5 %, so that connections opened together don't end together. */
  private long lifetime() {
    long nanos = engine.settings().maxLifetime().toNanos();
    if (nanos == 0) {
      return Long.MAX_VALUE / 2;
    }
    long variance = nanos / 40;
    return variance == 0 ? nanos : nanos - ThreadLocalRandom.current().nextLong(variance);
  }
}
