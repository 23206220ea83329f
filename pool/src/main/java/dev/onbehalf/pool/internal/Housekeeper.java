package dev.onbehalf.pool.internal;

import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that watches the time, for all users. */
final class Housekeeper implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Housekeeper.class);

  private final Engine engine;
  private final Thread thread;
  private volatile boolean stopped;

  private Housekeeper(Engine engine) {
    this.engine = engine;
    this.thread = new Thread(null, this, "onbehalf-pool-housekeeper", 0, false);
    thread.setDaemon(true);
  }

  static Housekeeper start(Engine engine) {
    Housekeeper housekeeper = new Housekeeper(engine);
    housekeeper.thread.start();
    return housekeeper;
  }

  /** Something is due sooner than thought. */
  void wake() {
    LockSupport.unpark(thread);
  }

  void stop() {
    stopped = true;
    wake();
  }

  @Override
  public void run() {
    while (!stopped) {
      LockSupport.parkNanos(this, Math.max(1, sweep()));
    }
  }

  private long sweep() {
    try {
      return engine.sweep();
    } catch (RuntimeException | Error e) { // without it nobody would watch the time any more
      log.error("A sweep failed; the next one comes in a second", e);
      return 1_000_000_000L;
    }
  }
}
