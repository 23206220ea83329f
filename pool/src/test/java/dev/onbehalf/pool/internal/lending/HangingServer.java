package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.ConnectionFactory;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.PlainConnection;
import dev.onbehalf.pool.internal.StubDriver;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;

/**
 * A driver whose calls hang where a test says so, until the test lets them go. Calls that a socket
 * waits in end when the connection is aborted; those of {@link #deaf} don't end even then.
 */
final class HangingServer implements ConnectionFactory {
  /** Long over when a test that fails ends. */
  private static final long FOR_EVER_SECONDS = 60;

  final AtomicInteger live = new AtomicInteger();
  final AtomicInteger peak = new AtomicInteger();
  final AtomicInteger logins = new AtomicInteger();
  final AtomicInteger hanging = new AtomicInteger();
  final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch released = new CountDownLatch(1);

  /** By user and the call's name. */
  volatile BiPredicate<String, String> hangs = (user, call) -> false;

  /** Calls that neither an abort nor an interrupt ends. */
  volatile BiPredicate<String, String> deaf = (user, call) -> false;

  /** Questions that were asked at a login. */
  final AtomicInteger asked = new AtomicInteger();

  /** What hangs in connecting goes on; the rest still hangs. */
  void letConnect() {
    BiPredicate<String, String> before = hangs;
    hangs = (user, call) -> !call.equals("connect") && before.test(user, call);
    released.countDown();
  }

  void letGo() {
    hangs = (user, call) -> false;
    deaf = (user, call) -> false;
    released.countDown();
  }

  /** The calls that hang at present stay so; later ones don't. */
  void heal() {
    hangs = (user, call) -> false;
    deaf = (user, call) -> false;
  }

  private void call(String user, String call, CountDownLatch aborted) throws SQLException {
    if (!hangs.test(user, call)) {
      return;
    }
    boolean deafNow = deaf.test(user, call);
    hanging.incrementAndGet();
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(FOR_EVER_SECONDS);
      while (System.nanoTime() - end < 0) {
        if (released.await(10, TimeUnit.MILLISECONDS)) {
          return;
        }
        if (!deafNow && aborted.getCount() == 0) {
          throw new SQLException("the socket is closed", "08006");
        }
      }
    } catch (InterruptedException e) {
      if (deafNow) {
        awaitRelease();
        return;
      }
      throw new SQLException("interrupted", "08006", e);
    } finally {
      hanging.decrementAndGet();
    }
  }

  private void awaitRelease() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(FOR_EVER_SECONDS);
    while (System.nanoTime() - end < 0) {
      try {
        if (released.await(1, TimeUnit.SECONDS)) {
          return;
        }
      } catch (InterruptedException again) {
        // deaf
      }
    }
  }

  @Override
  public Connection connect(String user, Secret credential) throws SQLException {
    logins.incrementAndGet();
    call(user, "connect", new CountDownLatch(1));
    return new Session(user);
  }

  @Override
  public Optional<String> reportedUser(Connection connection) {
    return Optional.empty();
  }

  private final class Session extends PlainConnection {
    private final String user;
    private final CountDownLatch aborted = new CountDownLatch(1);

    Session(String user) {
      super(StubDriver.connection(user, connection -> {}));
      this.user = user;
      open.add(this);
      peak.accumulateAndGet(live.incrementAndGet(), Math::max);
    }

    private void end() {
      if (open.remove(this)) {
        live.decrementAndGet();
      }
    }

    @Override
    public Statement createStatement() throws SQLException {
      if (Thread.currentThread().getName().startsWith("onbehalf-pool-")) { // not a borrower's own
        asked.incrementAndGet();
        call(user, "question", aborted);
      }
      return super.createStatement();
    }

    @Override
    public boolean isValid(int seconds) throws SQLException {
      call(user, "check", aborted);
      return aborted.getCount() > 0;
    }

    @Override
    public boolean getAutoCommit() throws SQLException {
      call(user, "clean", aborted);
      return true;
    }

    @Override
    public void close() throws SQLException {
      call(user, "close", aborted);
      end();
    }

    @Override
    public void abort(java.util.concurrent.Executor executor) throws SQLException {
      call(user, "abort", aborted);
      aborted.countDown();
      end();
    }

    @Override
    public boolean isClosed() {
      return !open.contains(this);
    }
  }
}
