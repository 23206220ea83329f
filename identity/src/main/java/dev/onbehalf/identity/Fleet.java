package dev.onbehalf.identity;

import dev.onbehalf.identity.FleetLink.Known;
import dev.onbehalf.identity.FleetLink.News;
import dev.onbehalf.identity.FleetShares.Plan;
import dev.onbehalf.identity.IssuerUnavailableException.Reason;
import dev.onbehalf.identity.internal.RepeatedWarning;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This instance among those that share a database: it hears who signed out elsewhere, and knows how
 * many of the connections are its own.
 *
 * <p><b>Current</b> is who has asked for sign-outs less than {@link #CURRENT} ago, counted from
 * before the question. Only who is current lends a person's connection, believes a proof that it
 * kept, or logs anybody in. A sign-out is acknowledged when it is committed and that time has
 * passed, so that nobody can be current without knowing of it: a lease in the sense of Gray and
 * Cheriton ("Leases: an efficient fault-tolerant mechanism for distributed file cache consistency",
 * SOSP 1989). That needs no word from anybody, and holds whatever is cut off.
 *
 * <pre>
 *            somebody wants to be current, or to tell
 *   APART ---------------------------------------------&gt; joining
 *     ^                                                     |
 *     |  the link is lost: people's idle connections        | a member, and all news heard
 *     |  close, for nobody can tell of sign-outs now        v
 *     '-------------------------------------------------- LINKED
 *                                                         asks when somebody wants, or the bell
 *                                                         rings; otherwise says nothing
 * </pre>
 *
 * One thread owns the link and all fields without a comment; what others read or write is volatile.
 * Callers wait for its next attempt under {@link #lock}, until they are current or their time is
 * over, and whoever finds half of the time spent has it begin the next question without waiting.
 *
 * <p>An idle instance sends nothing, so that a compute may sleep; whether the bell has rung is a
 * look at its own socket. When the link is lost, it stays so until somebody wants something. Bells
 * cost one question in {@link #PACE} at most, whoever rings.
 */
final class Fleet implements Runnable, AutoCloseable {
  static final Duration CURRENT = Duration.ofMillis(500);

  /** For clocks that don't run at the same speed. */
  private static final Duration MARGIN = Duration.ofMillis(50);

  private static final Duration PACE = Duration.ofMillis(50);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
  private static final Duration BETWEEN_CHANGES = Duration.ofMillis(200);
  private static final Duration BETWEEN_PRUNINGS = Duration.ofMinutes(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_CLOSING = Duration.ofMillis(400);
  private static final int MOST_TOLD = 16;
  private static final long LOOK_NANOS = Duration.ofMillis(2).toNanos();
  private static final Duration LAST_CLOSINGS = Duration.ofSeconds(1);
  private static final String UNABLE_TO_CONNECT = "08001";
  private static final Logger log = LoggerFactory.getLogger(Fleet.class);
  private static final RepeatedWarning apart = RepeatedWarning.of(Fleet.class);

  /** What the fleet has this instance do. */
  interface Instance {
    /** Forgets a person who has signed out elsewhere. */
    void signedOut(String role);

    /** Forgets everybody. */
    void allSignedOut();

    /** Closes people's idle connections: it can't be heard now who signs out. */
    void apart();

    /** May hold so many connections from now on. */
    void resize(int connections);

    /** Holds so many. */
    int held();
  }

  /** Connects to the others; each time anew. */
  interface Links {
    FleetLink open() throws SQLException;
  }

  /** A sign-out to be told. */
  private record SignOut(String role, CompletableFuture<Long> committed) {}

  private final Links links;
  private final Instance instance;
  private final int maxConnections;
  private final int minimum;
  private final Duration timeout;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition attempted = lock.newCondition();

  /** Until when this instance is current, as {@link System#nanoTime} counts. */
  private volatile long currentUntil = System.nanoTime() - 1;

  /** Whether somebody wants to be current; set by anybody, cleared by the thread. */
  private volatile boolean wanted;

  private volatile boolean closed;
  private volatile @Nullable Exception failure;
  private volatile FleetStatus status;
  private final Queue<SignOut> signOuts = new ConcurrentLinkedQueue<>();

  private @Nullable FleetLink link;
  private Known known = Known.NOTHING;
  private int share;
  private int size;
  private boolean settled;
  private boolean asked;
  private boolean rung;
  private long lastLook;
  private long nextPruning = System.nanoTime();
  private long pause;

  /**
   * @param maxConnections of all instances together
   * @param minimum the least share with which anybody is served
   * @param timeout how long a sign-out may take to be told
   */
  Fleet(Links links, Instance instance, int maxConnections, int minimum, Duration timeout) {
    this.links = links;
    this.instance = instance;
    this.maxConnections = maxConnections;
    this.minimum = minimum;
    this.timeout = timeout;
    status = FleetStatus.apart(0, maxConnections);
    thread = new Thread(null, this, "onbehalf-fleet", 0, false);
    thread.setDaemon(true);
  }

  void start() {
    instance.resize(0);
    thread.start();
  }

  FleetStatus status() {
    return status;
  }

  // What callers want

  /** Begins to become current, or in touch at all, and waits for nothing. */
  void wish() {
    if (currentUntil - System.nanoTime() <= 0) {
      want();
    }
  }

  /**
   * Returns when this instance is current.
   *
   * @param deadline as {@link System#nanoTime} counts
   * @throws SQLException if it can't be in time
   */
  void awaitCurrent(long deadline) throws SQLException {
    long left = currentUntil - System.nanoTime();
    if (left <= 0) {
      await(deadline);
    } else if (left < CURRENT.toNanos() / 2) {
      want();
    }
  }

  private void want() {
    if (!wanted) {
      wanted = true;
      LockSupport.unpark(thread);
    }
  }

  private void await(long deadline) throws SQLException {
    lock.lock();
    try {
      while (currentUntil - System.nanoTime() <= 0) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || closed) {
          throw outOfReach(closed ? null : failure);
        }
        want();
        attempted.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw outOfReach(e);
    } finally {
      lock.unlock();
    }
  }

  private static SQLException outOfReach(@Nullable Exception cause) {
    IssuerUnavailableException why =
        new IssuerUnavailableException(
            Reason.FLEET_UNREACHABLE,
            "Whether you have signed out elsewhere could not be found out in time, so there is no connection for you. Try again in a few seconds.",
            null,
            cause);
    return new SQLTransientConnectionException(why.getMessage(), UNABLE_TO_CONNECT, why);
  }

  /**
   * Tells all other instances of a sign-out; returns when none of them serves the person as before.
   *
   * @throws SignOutNotToldException if that is not certain
   */
  void tell(String role) {
    SignOut order = new SignOut(role, new CompletableFuture<>());
    signOuts.add(order);
    LockSupport.unpark(thread);
    long committed;
    try {
      committed = order.committed().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw notTold(failure == null ? e : failure);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notTold(e);
    } finally {
      signOuts.remove(order);
    }
    awaitQuietly(committed + CURRENT.toNanos() + MARGIN.toNanos());
  }

  private static SignOutNotToldException notTold(Exception cause) {
    log.warn("A sign-out could not be told to the other instances: {}", cause.getMessage());
    return new SignOutNotToldException(
        "The sign-out is done here, but the other instances could not be told: the database is out of reach. Sign out once more in a few seconds.",
        cause);
  }

  /** The sign-out is told already, so an interrupt must not look as if it were not. */
  private static void awaitQuietly(long end) {
    boolean interrupted = false;
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      try {
        TimeUnit.NANOSECONDS.sleep(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // The thread

  @Override
  public void run() {
    while (!closed) {
      try {
        step();
      } catch (SQLException | RuntimeException | Error e) {
        survive(e);
      }
    }
    leave();
  }

  /** Without this thread nobody would be lent anything any more. */
  private void survive(Throwable why) {
    try {
      lose(why);
    } catch (RuntimeException | Error e) { // memory may run out anywhere
      rest(LONGEST_PAUSE.toNanos());
    }
  }

  private void step() throws SQLException {
    if (link == null && !isNeeded()) {
      LockSupport.park(this);
      Thread.interrupted(); // by whoever: it must not spin
      return;
    }
    FleetLink now = link == null ? join() : link;
    tellSome(now);
    if (wanted) {
      ask(now);
    } else if (signOuts.isEmpty()) {
      LockSupport.parkNanos(this, PACE.toNanos());
      Thread.interrupted();
      if (!wanted && now.hasRung()) {
        rung = true;
        ask(now);
      }
    }
    balanceWhereDue(now);
  }

  private boolean isNeeded() {
    return wanted || !signOuts.isEmpty();
  }

  private FleetLink join() throws SQLException {
    awaitRoom();
    FleetLink opened = links.open();
    link = opened;
    opened.join(maxConnections);
    balance(opened); // before anybody logs in: the server may still count what is lost here
    ask(opened);
    pause = 0;
    log.info(
        "In touch with the fleet: {} instances, {} of {} connections are this one's",
        status.instances(),
        status.share(),
        status.limit());
    return opened;
  }

  /**
   * The server may still count the link that was lost. People's idle connections are being closed,
   * so there is room for another one soon; if all are in use, that has to wait no longer.
   */
  private void awaitRoom() {
    long end = System.nanoTime() + LONGEST_CLOSING.toNanos();
    while (share > 0 && instance.held() + 2 > share && end - System.nanoTime() > 0) {
      LockSupport.parkNanos(this, LOOK_NANOS);
      Thread.interrupted();
    }
  }

  private void ask(FleetLink now) throws SQLException {
    wanted = false; // first: who wants it from here on gets another one
    long before = System.nanoTime();
    News news = now.ask(known);
    if (news.share() < 0) {
      throw new SQLException("The others took this instance for gone", "57P01");
    }
    if (news.everybody()) {
      log.warn("Sign-outs were missed, so everybody has to be proved anew");
      instance.allSignedOut();
    }
    news.roles().forEach(instance::signedOut);
    known = news.latest();
    asked = true;
    if (news.share() < share) {
      settled = false;
      share = news.share();
      resize(Math.min(size, poolSize(share)));
    }
    currentUntil = before + CURRENT.toNanos();
    failure = null;
    signalAll();
  }

  /** Besides the link. */
  private int poolSize(int connections) {
    return connections < minimum ? 0 : connections - 1;
  }

  /**
   * So many that nobody waits long for the next question. One statement tells all of a person's
   * sign-outs that were ordered before it; the bell is rung once.
   */
  private void tellSome(FleetLink now) throws SQLException {
    Map<String, List<SignOut>> orders = new LinkedHashMap<>();
    for (SignOut order : signOuts) {
      if (orders.size() < MOST_TOLD || orders.containsKey(order.role())) {
        orders.computeIfAbsent(order.role(), role -> new ArrayList<>()).add(order);
      }
    }
    if (orders.isEmpty()) {
      return;
    }
    for (Map.Entry<String, List<SignOut>> each : orders.entrySet()) {
      now.tell(each.getKey());
      long committed = System.nanoTime();
      each.getValue().forEach(order -> order.committed().complete(committed));
      signOuts.removeAll(each.getValue());
    }
    now.ring();
    if (nextPruning - System.nanoTime() <= 0) {
      nextPruning = System.nanoTime() + BETWEEN_PRUNINGS.toNanos();
      now.prune();
    }
  }

  /** Not while nothing is asked, unless something is still to be given back or to come. */
  private void balanceWhereDue(FleetLink now) throws SQLException {
    if (!asked && settled) {
      return;
    }
    boolean soon = rung || (asked && !settled);
    Duration pace = soon ? BETWEEN_CHANGES : BETWEEN_LOOKS;
    if (System.nanoTime() - lastLook >= pace.toNanos()) {
      balance(now);
    }
  }

  private void balance(FleetLink now) throws SQLException {
    Plan plan = now.balance(this::shrink, minimum);
    asked = false;
    rung = false;
    lastLook = System.nanoTime();
    settled = plan.isSettled();
    share = plan.share();
    resize(plan.poolSize(minimum));
    status = new FleetStatus(plan.living().size(), plan.share(), plan.limit(), plan.living());
  }

  /** First the pool, then the share: what is others' is closed here. */
  private int shrink(int target) {
    resize(Math.min(size, poolSize(target)));
    return instance.held() + 1;
  }

  private void resize(int connections) {
    size = connections;
    instance.resize(connections);
  }

  private void lose(Throwable why) {
    currentUntil = System.nanoTime() - 1;
    settled = false;
    if (link != null) {
      link.abort();
      link = null;
    }
    status = FleetStatus.apart(share, maxConnections);
    if (closed) {
      return;
    }
    apart.log(
        "Out of touch with the fleet, so that people get no connections until it is back: {}",
        String.valueOf(why.getMessage()));
    log.debug("Out of touch with the fleet", why);
    try {
      instance.apart();
    } finally {
      failure = why instanceof Exception e ? e : null;
      wanted = false; // who still waits says so again
      signalAll();
    }
    rest(pause);
    pause = Math.min(LONGEST_PAUSE.toNanos(), Math.max(PACE.toNanos(), 2 * pause));
  }

  /** Whoever wants something meanwhile waits as well. */
  private void rest(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0 && !closed; left = end - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
      Thread.interrupted();
    }
  }

  private void signalAll() {
    lock.lock();
    try {
      attempted.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    FleetLink now = link;
    link = null;
    if (now != null) {
      try {
        now.leave(LAST_CLOSINGS);
      } catch (SQLException e) {
        log.debug("The fleet was left without a word", e);
        now.abort();
      }
    }
  }

  /** To be called when all other connections are closed. Waits until the link is, too. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    signalAll();
    try {
      thread.join(timeout.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
