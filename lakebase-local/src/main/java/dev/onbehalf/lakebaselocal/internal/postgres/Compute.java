package dev.onbehalf.lakebaselocal.internal.postgres;

import dev.onbehalf.lakebaselocal.internal.gateway.Backend;
import dev.onbehalf.lakebaselocal.internal.gateway.LoginRefusedException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The database's compute: it runs, stands still, or sleeps until somebody logs in. */
public final class Compute implements Backend, Closeable {
  /*
   *              start()                     suspend()
   *   STOPPED ------------> RUNNING --------------------------> SUSPENDED
   *      ^                   |   ^                                  |
   *      +------ stop() -----+   +-- connect(), start() ------------+
   *      +------------------------ stop() --------------------------+
   *
   * The lock guards all transitions and is held while PostgreSQL starts or stops, so logins that
   * find it asleep wait for the one that wakes it. A login that finds it running takes no lock. The
   * superuser never wakes it: waking ends with a login of the superuser, which must not wait for
   * itself.
   */
  private enum State {
    RUNNING,
    STOPPED,
    SUSPENDED
  }

  private final Settings settings;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition transition = lock.newCondition();
  private volatile State state = State.STOPPED;
  private Duration wakeUp = Duration.ZERO;
  private @Nullable Server server;

  public Compute(Settings settings) {
    this.settings = settings;
  }

  /** Starts the database unless it runs, and waits until it takes logins. */
  public void start() {
    lock.lock();
    try {
      if (state != State.RUNNING) {
        server = Server.start(settings);
        become(State.RUNNING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Starting PostgreSQL failed: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }

  /** Stops the database if it runs; it does not wake up again by itself. */
  public void stop() {
    leave(State.STOPPED, Duration.ZERO, () -> {});
  }

  /**
   * Stops the database if it runs; the next login wakes it, after this time.
   *
   * @param cut cuts all connections, when no further ones come
   */
  public void suspend(Duration wakeUp, Runnable cut) {
    leave(State.SUSPENDED, wakeUp, cut);
  }

  @Override
  public void close() {
    stop();
  }

  private void leave(State next, Duration wakeUp, Runnable cut) {
    lock.lock();
    try {
      if (server != null) {
        become(next); // first, so that nobody is let in any more
        cut.run();
        server.stop();
        server = null;
      }
      this.wakeUp = wakeUp;
      become(next);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  private void become(State next) {
    state = next;
    transition.signalAll();
  }

  @Override
  public SocketChannel connect(String role) throws LoginRefusedException, InterruptedException {
    if (!role.equals(Settings.SUPERUSER)) {
      if (state == State.SUSPENDED) {
        wake();
      }
      if (state == State.STOPPED) {
        throw unavailable("the database is stopped");
      }
    }
    return open();
  }

  @Override
  public SocketChannel connectToCancel() throws LoginRefusedException {
    return open();
  }

  private void wake() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long nanos = wakeUp.toNanos();
      while (state == State.SUSPENDED && nanos > 0) {
        nanos = transition.awaitNanos(nanos);
      }
      if (state == State.SUSPENDED) {
        start();
      }
    } finally {
      lock.unlock();
    }
  }

  private SocketChannel open() throws LoginRefusedException {
    try {
      return SocketChannel.open(UnixDomainSocketAddress.of(settings.socket()));
    } catch (IOException e) {
      throw unavailable("the database system is starting up");
    }
  }

  private static LoginRefusedException unavailable(String message) {
    return new LoginRefusedException("57P03", message);
  }
}
