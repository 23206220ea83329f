package dev.onbehalf.spring.dashboard;

import dev.onbehalf.identity.FleetStatus;
import dev.onbehalf.pool.PoolStatisticsSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.function.SingletonSupplier;

/**
 * Looks at the pools four times a second for all who look at the picture, and not at all while
 * nobody does.
 *
 * <pre>
 *             join                        a look without viewers
 *   asleep ---------&gt; awake, one thread --------------------------&gt; asleep
 *      |                   |
 *      '-------stop--------'-------&gt; stopped: viewers end, none is taken
 * </pre>
 *
 * {@code viewers}, {@code thread} and {@code stopped} are guarded by the lock, which is never held
 * while the pools are looked at or anybody is shown anything. The picture is the thread's own.
 */
public final class Watch implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Watch.class);
  private static final long INTERVAL = Duration.ofMillis(250).toNanos();
  private static final int LOOKS_A_SECOND = 4;

  /** How many may look at once. */
  static final int MOST_VIEWERS = 20;

  /** And of them one and the same person, so that one does not shut the others out. */
  static final int MOST_OF_ONE = 5;

  private final PoolStatisticsSource pools;
  private final AcquireTimes times;
  private final Supplier<Optional<FleetStatus>> fleet;
  private final boolean mask;
  private final Predicate<String> isServicePrincipal;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Viewer> viewers = new ArrayList<>();
  private @Nullable Thread thread;
  private boolean stopped = true;

  /**
   * Of these pools.
   *
   * @param fleet where this instance stands among others, if there are any
   * @param mask whether people are shown as {@code a***@example.com}
   */
  public Watch(
      PoolStatisticsSource pools,
      AcquireTimes times,
      Supplier<Optional<FleetStatus>> fleet,
      boolean mask,
      Predicate<String> isServicePrincipal) {
    this.pools = pools;
    this.times = times;
    this.fleet = fleet;
    this.mask = mask;
    this.isServicePrincipal = isServicePrincipal;
  }

  /** False if there are too many already, in all or of that person, or the application ends. */
  boolean join(Viewer viewer) {
    lock.lock();
    try {
      if (!mayJoin(viewer.owner())) {
        return false;
      }
      if (thread == null) {
        Thread looking = new Thread(null, this::run, "onbehalf-dashboard", 0, false);
        looking.setDaemon(true);
        looking.start(); // it waits for the lock, or there is none to be had and nobody joins
        thread = looking;
      }
      viewers.add(viewer);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Whether somebody could join at this moment. */
  boolean hasRoomFor(String owner) {
    lock.lock();
    try {
      return mayJoin(owner);
    } finally {
      lock.unlock();
    }
  }

  private boolean mayJoin(String owner) {
    return !stopped
        && viewers.size() < MOST_VIEWERS
        && (owner.isEmpty()
            || viewers.stream().filter(it -> it.owner().equals(owner)).count() < MOST_OF_ONE);
  }

  /** Whether anybody looks; for tests. */
  boolean isAwake() {
    lock.lock();
    try {
      return thread != null;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Picture picture = new Picture(new People(mask, isServicePrincipal), fleet);
    times.start();
    try {
      for (long looks = 1; !sleepsWithoutViewers(); looks++) {
        long next = System.nanoTime() + INTERVAL;
        look(picture, looks % LOOKS_A_SECOND == 0);
        await(next);
      }
    } catch (RuntimeException | Error e) {
      log.warn("The picture of the pool ends: ", e);
      endAll();
    }
  }

  private void look(Picture picture, boolean endsSecond) {
    long now = System.currentTimeMillis();
    picture.look(pools.snapshot(), now);
    if (endsSecond) {
      picture.second(times.take(), now);
    }
    byte[] change = event(picture.change());
    Supplier<byte[]> all = SingletonSupplier.of(() -> event(picture.all(now)));
    List<Viewer> gone = new ArrayList<>();
    for (Viewer viewer : viewers()) {
      if (!viewer.show(all, change)) {
        gone.add(viewer);
      }
    }
    remove(gone);
  }

  private static byte[] event(String data) {
    return ("retry: 500\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
  }

  private List<Viewer> viewers() {
    lock.lock();
    try {
      return List.copyOf(viewers);
    } finally {
      lock.unlock();
    }
  }

  private void remove(List<Viewer> gone) {
    lock.lock();
    try {
      viewers.removeAll(gone);
    } finally {
      lock.unlock();
    }
  }

  /** Whether this thread has nobody to look for any more; then it ends. */
  private boolean sleepsWithoutViewers() {
    lock.lock();
    try {
      if (!viewers.isEmpty() && !stopped) {
        return false;
      }
      thread = null;
      times.stop();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void await(long moment) {
    lock.lock();
    try {
      long left = moment - System.nanoTime();
      while (left > 0 && !stopped) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) { // nobody of ours does that; the next look is early
      log.debug("Interrupted");
    } finally {
      lock.unlock();
    }
  }

  private void endAll() {
    List<Viewer> all;
    lock.lock();
    try {
      all = List.copyOf(viewers);
      viewers.clear();
      thread = null;
      times.stop();
    } finally {
      lock.unlock();
    }
    all.forEach(Viewer::end);
  }

  @Override
  public void start() {
    lock.lock();
    try {
      stopped = false;
    } finally {
      lock.unlock();
    }
  }

  /** Before the web server, which waits for requests that have not ended. */
  @Override
  public void stop() {
    List<Viewer> all;
    lock.lock();
    try {
      stopped = true;
      all = List.copyOf(viewers);
      viewers.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    all.forEach(Viewer::end);
  }

  @Override
  public boolean isRunning() {
    lock.lock();
    try {
      return !stopped;
    } finally {
      lock.unlock();
    }
  }
}
