package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.UserPool;
import dev.onbehalf.pool.UserPoolStatistics;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.deciding.Todo;
import dev.onbehalf.pool.internal.deciding.Users;
import dev.onbehalf.pool.internal.user.Slot;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.logging.Logger;

/**
 * A user's pool as callers hold it. It outlives its slot: when the user was forgotten, the next
 * acquisition finds or makes the slot that the user has then.
 */
final class Handle implements UserPool {
  private final Engine engine;

  /** Any slot of this user that was right once; a stale one is noticed by its being empty. */
  private volatile Slot slot;

  Handle(Engine engine, Slot slot) {
    this.engine = engine;
    this.slot = slot;
  }

  Slot slot() {
    return slot;
  }

  /**
   * The user's slot of today: this one, another that was made meanwhile, or the old revived. Under
   * the engine's lock.
   */
  Slot current(Users users, long now, Todo todo) {
    if (slot.isKnown()) {
      return slot;
    }
    Slot other = users.slots().get(slot.user());
    if (other == null) {
      return users.add(slot, now, todo);
    }
    slot = other;
    return other;
  }

  @Override
  public String user() {
    return slot.user();
  }

  @Override
  public UserPoolStatistics statistics() {
    return engine.statistics().of(user());
  }

  @Override
  public Connection getConnection() throws SQLException {
    return engine.acquire(this, engine.settings().connectionTimeout());
  }

  @Override
  public void prewarm() {
    engine.prewarm(this);
  }

  @Override
  public Connection getConnection(Duration timeout) throws SQLException {
    return engine.acquire(this, Settings.requireDuration("timeout", timeout));
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "This pool serves \"" + user() + "\" only: take another user's from the manager");
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    throw new SQLFeatureNotSupportedException("The pool logs through SLF4J");
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException("The pool logs through SLF4J");
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException("Set connectionTimeout on the manager's builder");
  }

  @Override
  public int getLoginTimeout() {
    return (int) Math.max(1, engine.settings().connectionTimeout().toSeconds());
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("The pool logs through SLF4J");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException("A user's pool wraps no " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }

  @Override
  public String toString() {
    return "UserPool[" + user() + "]";
  }
}
