package dev.onbehalf.lakebaselocal.internal.postgres;

import dev.onbehalf.lakebaselocal.internal.gateway.Backend;
import dev.onbehalf.lakebaselocal.internal.gateway.LoginRefusedException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

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
   * find it asleep wait for the one that wakes it. A login that finds it running takes no lock.
   */
  private enum State {
    RUNNING,
    STOPPED,
    SUSPENDED
  }

  private final Server server;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile State state = State.STOPPED;
  private Duration wakeUp = Duration.ZERO;

  public Compute(Server server) {
    this.server = server;
  }

  /** Starts the database unless it runs, and waits until it takes connections. */
  public void start() {
    lock.lock();
    try {
      if (state != State.RUNNING) {
        server.start();
        become(State.RUNNING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Starting PostgreSQL failed: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }

  /** Stops the database if it runs; it does not wake up by itself. */
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

  private void leave(State next, Duration wakeUp, Runnable cut) {
    lock.lock();
    try {
      boolean running = state == State.RUNNING;
      this.wakeUp = wakeUp;
      become(next); // first, so that nobody is let in any more
      if (running) {
        cut.run();
        server.stop();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Stopping PostgreSQL failed: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }

  private void become(State next) {
    state = next;
    changed.signalAll();
  }

  @Override
  public SocketChannel connect() throws LoginRefusedException, InterruptedException {
    if (state == State.SUSPENDED) {
      wake();
    }
    return connectIfRunning();
  }

  @Override
  public SocketChannel connectIfRunning() throws LoginRefusedException {
    if (state == State.RUNNING) {
      try {
        return server.connect();
      } catch (IOException e) {
        // it is just being stopped
      }
    }
    throw new LoginRefusedException("57P03", "the database system is not running");
  }

  private void wake() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long nanos = wakeUp.toNanos();
      while (state == State.SUSPENDED && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      if (state == State.SUSPENDED) {
        start();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
