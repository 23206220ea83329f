package dev.onbehalf.pool.internal.work;

import dev.onbehalf.pool.internal.PoolLog;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** The one thread that watches the time, for all users. */
public final class Housekeeper implements Runnable {
  private static final Logger log = PoolLog.LOG;

  private static final long PAUSE_AFTER_FAILURE = 1_000_000_000L;

  private final LongSupplier sweeps;
  private final Thread thread;
  private volatile boolean stopped;

  private Housekeeper(LongSupplier sweeps) {
    this.sweeps = sweeps;
    this.thread = new Thread(null, this, "onbehalf-pool-housekeeper", 0, false);
    thread.setDaemon(true);
  }

  /**
   * Starts the thread.
   *
   * @param sweeps does what is due, and returns after how many nanoseconds to come again
   */
  public static Housekeeper start(LongSupplier sweeps) {
    Housekeeper housekeeper = new Housekeeper(sweeps);
    housekeeper.thread.start();
    return housekeeper;
  }

  /** Something is due sooner than thought. */
  public void wake() {
    LockSupport.unpark(thread);
  }

  public void stop() {
    stopped = true;
    wake();
  }

  @Override
  public void run() {
    while (!stopped) {
      try {
        watch();
      } catch (RuntimeException | Error e) { // between two sweeps: memory may run out anywhere
        tell(e);
      }
    }
  }

  private void watch() {
    while (!stopped) {
      long pause = sweep();
      Thread.interrupted(); // by whoever: it is stopped otherwise, and must not spin
      LockSupport.parkNanos(this, Math.max(1, pause));
    }
  }

  private long sweep() {
    try {
      return sweeps.getAsLong();
    } catch (RuntimeException | Error e) { // without it nobody would watch the time any more
      tell(e);
      return PAUSE_AFTER_FAILURE;
    }
  }

  private static void tell(Throwable failure) {
    try {
      log.error("A sweep failed; the next one comes in a second", failure);
    } catch (RuntimeException | Error e) {
      // the log failed as well
    }
  }
}
