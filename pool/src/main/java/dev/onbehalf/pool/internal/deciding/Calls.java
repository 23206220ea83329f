package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.deciding.Call.Asking;
import dev.onbehalf.pool.internal.deciding.Call.Checking;
import dev.onbehalf.pool.internal.deciding.Call.Cleaning;
import dev.onbehalf.pool.internal.deciding.Call.Closing;
import dev.onbehalf.pool.internal.deciding.Call.LoggingIn;
import dev.onbehalf.pool.internal.login.LoginLimit;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Slot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pool's own calls that are under way, and those that wait to be. Each kind has a limit of its
 * own, so that none stands in another's queue, save for aborts, which have none; and each has a
 * time by which it has ended, one way or the other. Its thread may hang for longer: while that is
 * so of many, no login begins, nor what leads to one, for it would take one thread more; nor one of
 * a user of whom a share of them is.
 *
 * <p>Guarded by the engine's lock.
 */
public final class Calls {
  /** As many connections are closed, or kept alive, at once. */
  private static final int FEW = 8;

  private static final long HANDED_OUT_AGAIN = Duration.ofSeconds(1).toNanos();

  private final Settings settings;
  private final LoginLimit limit;
  private final Set<Call> underWay = new LinkedHashSet<>();
  private final Set<Closing> closings = new LinkedHashSet<>();

  /** Ended by somebody else than who makes them, and who may hang in them still. */
  private final Set<Call> hung = new LinkedHashSet<>();

  private int closing;
  private int keepingAlive;
  private int asking;
  private int loggingIn;

  /** Slow ones, which don't count among those in flight any more. */
  private int slow;

  Calls(Settings settings) {
    this.settings = settings;
    this.limit = new LoginLimit(settings.maxLoginsInFlight());
  }

  /** Begins {@code call}, or has it wait for its turn among its kind. */
  void begin(Call call, long now, Todo todo) {
    if (call instanceof Closing order && mayWait(order) && closing >= FEW) {
      closings.add(order);
      return;
    }
    todo.calls().add(call);
    try {
      underWay.add(call);
    } catch (Error e) { // of memory: then nothing has begun
      todo.calls().remove(call);
      throw e;
    }
    call.handedOut = now;
    call.deadline = now + limit(call);
    if (call instanceof LoggingIn login) {
      login.enterFlight(now);
    }
    count(call, 1);
  }

  /** Not if a login waits for it, nor an abort, which is to end what has hung already. */
  private static boolean mayWait(Closing order) {
    return order.successor == null && !order.abort();
  }

  /** False if it has ended before. */
  boolean end(Call call, long now, Todo todo) {
    if (!call.end()) {
      return false;
    }
    underWay.remove(call);
    count(call, -1);
    beginClosings(now, todo);
    return true;
  }

  /** Begins closings that have waited for others. */
  private void beginClosings(long now, Todo todo) {
    while (closing < FEW && !closings.isEmpty()) {
      Closing next = closings.iterator().next();
      begin(next, now, todo);
      closings.remove(next);
    }
  }

  /** Counts them anew. */
  void recount(long now, Todo todo) {
    closing = 0;
    keepingAlive = 0;
    asking = 0;
    loggingIn = 0;
    slow = 0;
    underWay.removeIf(Call::hasEnded);
    underWay.forEach(call -> count(call, 1));
    closings.removeAll(underWay);
    beginClosings(now, todo);
  }

  /** Those under way, and those that wait to be. */
  public List<Call> ordered() {
    List<Call> ordered = new ArrayList<>(underWay);
    ordered.addAll(closings);
    return ordered;
  }

  private void count(Call call, int change) {
    if (call instanceof Closing order && !order.abort()) {
      closing += change;
    } else if (call instanceof Asking) {
      asking += change;
    } else if (call instanceof Checking check && !check.awaited) {
      keepingAlive += change;
    }
    LoggingIn login = login(call);
    if (login != null && login.isInFlight()) {
      loggingIn += change;
    } else if (login != null) {
      slow += change;
    }
  }

  /** The login that it is, or that gets the place: that one is in flight from the decision on. */
  private static @Nullable LoggingIn login(Call call) {
    if (call instanceof Closing closing) {
      return closing.successor;
    }
    return call instanceof LoggingIn login ? login : null;
  }

  /** A login that nobody hears of until then is given up. */
  private long limit(Call call) {
    long answer = settings.validationTimeout().toNanos();
    return call instanceof LoggingIn || call instanceof Asking
        ? Math.max(answer, settings.connectionTimeout().toNanos())
        : answer;
  }

  /** Has those made that nobody has begun although they were handed out a while ago. */
  void handOutStranded(long now, Todo todo) {
    for (Call call : underWay) {
      if (now - call.handedOut >= HANDED_OUT_AGAIN && !call.hasBegun()) {
        todo.calls().add(call);
        call.handedOut = now;
        if (call instanceof Closing) { // nobody but a worker can do it
          call.deadline = now + limit(call);
        }
      }
    }
  }

  /** How many closings, begun or not, free a place when they end. */
  int freeing() {
    return closings.size()
        + (int)
            underWay.stream()
                .filter(call -> call instanceof Closing order && order.successor == null)
                .count();
  }

  /** Those that should have ended by now; a closing that nobody has begun is handed out again. */
  List<Call> overdue(long now) {
    return underWay.stream()
        .filter(call -> call.isStranded() || now - call.deadline >= 0)
        .filter(call -> !(call instanceof Closing) || call.hasBegun())
        .toList();
  }

  /** Whether one of them is about a connection that is open. */
  boolean isAbout(Entry entry) {
    return underWay.stream()
        .anyMatch(
            call ->
                (call instanceof Checking check && check.entry() == entry)
                    || (call instanceof Cleaning cleaning && cleaning.entry() == entry));
  }

  /** All of one user's. */
  List<Call> of(Slot slot) {
    return underWay.stream().filter(call -> call.slot() == slot).toList();
  }

  List<Call> all() {
    return List.copyOf(underWay);
  }

  /**
   * Logins that hang, or before which a closing hangs, keep nobody else from theirs: they use
   * neither this machine's time nor the server's. True if some are new among them.
   */
  boolean noticeSlow(long now) {
    boolean some = false;
    for (Call call : underWay) {
      LoggingIn login = login(call);
      if (login != null && login.isInFlight() && login.took(now) >= slowAfter() && slow < many()) {
        count(call, -1);
        login.leaveFlight();
        count(call, 1);
        limit.stopMeasuring();
        some = true;
      }
    }
    return some;
  }

  private long slowAfter() {
    return Math.min(1_000_000_000L, settings.connectionTimeout().toNanos() / 4);
  }

  /** How many logins may be in flight at present. */
  int maxLoggingIn() {
    return limit.logins();
  }

  /** Whether fewer are. */
  public boolean mayLogIn() {
    return loggingIn < maxLoggingIn() && !tooManyHang();
  }

  /** A login has succeeded, and still counts. */
  void succeeded(LoggingIn login, long now) {
    if (login.isInFlight()) {
      limit.succeeded(login.took(now), loggingIn);
    }
  }

  /** Asking for a credential costs neither a place nor the server's time. */
  boolean mayAsk() {
    return asking < many() && !tooManyHang();
  }

  private long many() {
    return 4L * settings.maxLoginsInFlight();
  }

  /** It is ended for whoever makes it. */
  void giveUp(Call call) {
    hung.add(call);
  }

  /** Whether so many threads hang in calls that have ended that no further one is risked. */
  boolean tooManyHang() {
    hung.removeIf(call -> !call.isBeingMade());
    return hung.size() >= many();
  }

  /** Whether a quarter of these are one user's: who hangs again and again keeps nobody else out. */
  boolean tooManyHangOf(Slot slot) {
    return hung.stream()
            .filter(call -> call.isBeingMade() && call.slot().user().equals(slot.user()))
            .count()
        >= many() / 4;
  }

  /** Whether threads that hang keep a user from a login. */
  public boolean hangInTheWayOf(Slot slot) {
    return tooManyHang() || tooManyHangOf(slot);
  }

  boolean mayKeepAlive() {
    return keepingAlive < FEW;
  }

  /** Logins in flight, slow ones included. */
  public int loggingIn() {
    return loggingIn + slow;
  }
}
