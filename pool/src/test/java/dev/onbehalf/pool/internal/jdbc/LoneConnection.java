package dev.onbehalf.pool.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A physical connection with one lease and no pool around it. */
public final class LoneConnection implements PhysicalConnection {
  private final Connection driver;
  private final SessionDefaults defaults;
  private boolean ended;
  private volatile boolean broken;

  /** What waits to be done by another thread. */
  public final AtomicReference<@Nullable Runnable> elsewhere = new AtomicReference<>();

  /** Reaches zero when the connection has come back. */
  public final CountDownLatch back = new CountDownLatch(1);

  /** Which errors end the connection, as somebody says. */
  Predicate<SQLException> endsIt = error -> false;

  /** Around a session that nobody has used yet. */
  public LoneConnection(Connection driver) throws SQLException {
    this.driver = driver;
    this.defaults = new SessionDefaults(driver, false);
  }

  /** What the borrower gets. */
  public PooledConnection lend() {
    return new PooledConnection(this, 1, driver).begin();
  }

  /** Forgets that it was marked. */
  void mend() {
    broken = false;
  }

  @Override
  public String user() {
    return "alice";
  }

  @Override
  public Connection driver() {
    return driver;
  }

  @Override
  public boolean hearsRequests() {
    return false;
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
  public void giveBack(long lease) {
    if (startCleaning(lease)) {
      cleaned();
    }
  }

  @Override
  public synchronized boolean startCleaning(long lease) {
    boolean first = !ended;
    ended = true;
    return first;
  }

  @Override
  public void cleanElsewhere(Runnable cleaning) {
    elsewhere.set(cleaning);
  }

  @Override
  public void cleaned() {
    back.countDown();
  }

  @Override
  public synchronized boolean cleanedForUse() {
    ended = false;
    return true;
  }

  @Override
  public boolean startAborting(long lease) {
    return back.getCount() > 0;
  }

  @Override
  public boolean endsConnection(SQLException exception) {
    return endsIt.test(exception);
  }

  @Override
  public void aborted() {
    back.countDown();
  }

  @Override
  public LostLease lost() {
    return new LostLease();
  }
}
