package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.internal.Counters.Cause;
import dev.onbehalf.pool.internal.Todo.LoginOrder;
import dev.onbehalf.pool.internal.Todo.UserChange;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides who is served next, and with what. It does nothing itself that could block: what follows
 * from a decision goes on the {@link Todo}.
 *
 * <p>{@link #settle} is the one place where waiting callers are served. It runs after every change
 * that could serve somebody, until nobody more can be served. Users who want a login, that is have
 * more waiting callers than logins under way, stand in {@link #turns}. The first is served if at
 * all possible, by an idle connection of their own, a free place, or the place of another user's
 * idle connection; then it is the next one's turn. A user who is kept back only by limits of their
 * own steps out, and comes back at the end when one of their own connections moves. What the first
 * can't use goes to the callers of the user it belongs to.
 *
 * <p><b>Rent before you buy</b>: who has connections, only none idle, does not take another user's
 * at once. They step out as {@link #patient} until one of their own comes back, a place becomes
 * free, or the caller has waited as long as a login takes ({@link #patience()}) and insists. That
 * never costs more than twice of what knowing the future would cost (Karlin, Manasse, Rudolph and
 * Sleator: "Competitive Snoopy Caching", Algorithmica 3, 1988), and it keeps users who meet at
 * their own connections for a millisecond from closing each other's.
 *
 * <p><b>The budget</b>: {@link #used} counts connections from before their login until after their
 * closing. An evicted connection hands its place to the login that it was evicted for.
 *
 * <p>Guarded by the engine's lock, all of it, except {@link #isPressed()} and {@link #patience()}.
 */
final class Dispatcher {
  private static final String TOO_MANY_CONNECTIONS = "53300";

  /** What a login is taken to last before there was one. */
  private static final long FIRST_GUESS_NANOS = 20_000_000;

  private final Settings settings;
  private final EvictionPolicy policy;
  private final ConcurrentHashMap<String, Slot> slots = new ConcurrentHashMap<>();
  private final LinkedHashSet<Slot> turns = new LinkedHashSet<>();
  private final LinkedHashSet<Slot> patient = new LinkedHashSet<>();
  private final Set<Slot> paused = new LinkedHashSet<>();
  private final Counters counters = new Counters();
  private volatile boolean pressed;
  private volatile long loginNanos = FIRST_GUESS_NANOS;
  private int waiting;
  private int usersWaiting;
  private int used;
  private int loggingIn;
  private int unusedReserves;

  private enum Turn {
    SERVED,
    KEPT_BACK_BY_OWN_LIMIT,
    PATIENT,
    LOGINS_BUSY,
    NOTHING_FREE
  }

  Dispatcher(Settings settings) {
    this.settings = settings;
    this.policy = new EvictionPolicy(settings.maxConnections());
  }

  // Users

  /** By name; may be read without the lock. */
  Map<String, Slot> slots() {
    return slots;
  }

  Slot add(Slot slot, Todo todo) {
    slots.put(slot.user(), slot);
    slot.known = true;
    todo.userChanges.add(new UserChange(slot.user(), "made", slots.size(), used));
    return slot;
  }

  /** Forgets a user who has nothing left to remember. */
  void forgetIfGone(Slot slot, long now, Todo todo) {
    if (!slot.known || !slot.isGone() || (slot.backoff != null && slot.backoff.isActive(now))) {
      return;
    }
    slots.remove(slot.user(), slot);
    slot.known = false;
    slot.backoff = null;
    slot.serverFull = null;
    paused.remove(slot);
    todo.userChanges.add(new UserChange(slot.user(), "gone", slots.size(), used));
  }

  /**
   * Changes what a user has otherwise.
   *
   * @throws IllegalArgumentException if all reserves together exceed the budget
   */
  void override(Slot slot, @Nullable UserPoolOverrides overrides, long now, Todo todo) {
    int reserve = overrides == null ? 0 : overrides.reserve();
    if (reserve > slot.reserve()) { // else nobody's is at stake, and to look at all users is dear
      requireRoomFor(reserve, slot);
    }
    unusedReserves -= slot.unusedReserve();
    slot.override(overrides);
    unusedReserves += slot.unusedReserve();
    settle(slot, now, todo);
  }

  private void requireRoomFor(int reserve, Slot slot) {
    int reserves = reserve - slot.reserve() + slots.values().stream().mapToInt(Slot::reserve).sum();
    if (reserves > settings.maxConnections()) {
      throw new IllegalArgumentException(
          "reserve %s for \"%s\": all reserves together would be %s, over maxConnections %s"
              .formatted(reserve, slot.user(), reserves, settings.maxConnections()));
    }
  }

  /** Closes a user's connections, at once or when they come back, and fails their callers. */
  void closePool(Slot slot, long now, Failure why, Todo todo) {
    slot.nextEpoch();
    slot.backoff = null;
    closeUnfit(slot, now, todo);
    for (Waiter waiter = next(slot); waiter != null; waiter = next(slot)) {
      fail(waiter, why, todo);
    }
    stepOut(slot);
    override(slot, null, now, todo);
    settle(null, now, todo);
    forgetIfGone(slot, now, todo);
  }

  // Callers

  int waiting() {
    return waiting;
  }

  /**
   * Whether the first in turn waits for what isn't their own, so that any connection that becomes
   * idle is wanted. Not while only a login's end can help them: then others may go on as always,
   * and after it the first in turn is looked at before anything. May be read without the lock.
   */
  boolean isPressed() {
    return pressed;
  }

  /** How long a caller waits for a connection of their own before insisting; without the lock. */
  long patience() {
    return Math.min(loginNanos, settings.connectionTimeout().toNanos() / 4);
  }

  void enqueue(Slot slot, Waiter waiter, long now, Todo todo) {
    if (slot.waiting() == 0) {
      usersWaiting++;
    }
    slot.enqueue(waiter);
    waiting++;
    settle(slot, now, todo);
  }

  /** False if the caller has been served or failed meanwhile. */
  boolean giveUp(Slot slot, Waiter waiter, long now, Todo todo) {
    if (!slot.dequeue(waiter)) {
      return false;
    }
    leftQueue(slot);
    if (!slot.wantsLogin()) {
      stepOut(slot);
    }
    settle(null, now, todo);
    forgetIfGone(slot, now, todo);
    return true;
  }

  /** A caller has waited long enough for a connection of their own. */
  void insist(Slot slot, Waiter waiter, long now, Todo todo) {
    if (slot.insist(waiter)) {
      settle(slot, now, todo);
    }
  }

  private void stepOut(Slot slot) {
    turns.remove(slot);
    patient.remove(slot);
    if (pressed && turns.isEmpty()) {
      pressed = false;
    }
  }

  void timedOut() {
    counters.timeouts++;
  }

  private @Nullable Waiter next(Slot slot) {
    Waiter waiter = slot.nextWaiter();
    if (waiter != null) {
      leftQueue(slot);
    }
    return waiter;
  }

  private void leftQueue(Slot slot) {
    waiting--;
    if (slot.waiting() == 0) {
      usersWaiting--;
    }
  }

  private static void fail(Waiter waiter, Failure why, Todo todo) {
    waiter.end(new Waiter.Failed(why));
    todo.wakeUps.add(waiter);
  }

  // Connections

  /** A borrower gave back an entry, which is HELD. */
  void returned(Entry entry, long now, Todo todo) {
    Slot slot = entry.slot;
    if (!entry.isFit(now)) {
      close(entry, todo);
      return;
    }
    entry.used(now);
    entry.release();
    settle(slot, now, todo);
  }

  /** The housekeeper has looked at an entry, which is HELD; that doesn't count as a use. */
  void checked(Entry entry, long now, Todo todo) {
    if (!entry.isFit(now)) {
      close(entry, todo);
      return;
    }
    entry.release();
    settle(entry.slot, now, todo);
  }

  /** A login succeeded. Whoever it was made for gets it, before the next turn. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock only
  void loggedIn(LoginOrder order, Entry entry, long now, Todo todo) {
    Slot slot = order.slot();
    ended(order);
    counters.logins++;
    loginNanos += (now - order.since() - loginNanos) / 8;
    slot.backoff = null;
    slot.serverFull = null;
    slot.add(entry);
    policy.opened(entry, EvictionPolicy.key(slot.user(), slot.entries().length));
    Waiter waiter = entry.isFit(now) ? next(slot) : null;
    if (waiter == null) {
      returned(entry, now, todo);
      settle(slot, now, todo); // an unfit entry serves nobody: its user may want another login
      return;
    }
    entry.releaseToWaiter();
    waiter.end(new Waiter.Served(entry));
    todo.wakeUps.add(waiter);
    settle(slot, now, todo);
  }

  /** A login failed; its place is free again. */
  void loginFailed(LoginOrder order, SQLException cause, long now, Todo todo) {
    Slot slot = order.slot();
    ended(order);
    counters.failedLogins++;
    free(slot);
    if (slot.isOfToday(order)) {
      pause(slot, cause, now);
    }
    settle(slot, now, todo);
    forgetIfGone(slot, now, todo);
  }

  private void ended(LoginOrder order) {
    loggingIn--;
    if (order.slot().isOfToday(order)) {
      order.slot().loggingIn--;
    }
  }

  private void pause(Slot slot, SQLException cause, long now) {
    paused.add(slot);
    if (TOO_MANY_CONNECTIONS.equals(cause.getSQLState())) {
      slot.serverFull = Backoff.after(slot.serverFull, cause, now);
    } else {
      slot.backoff = Backoff.after(slot.backoff, cause, now);
    }
  }

  /** An entry, held by the pool, leaves its slot; it still counts until it is closed. */
  void close(Entry entry, Todo todo) {
    close(entry, causeOf(entry), todo);
  }

  void close(Entry entry, Cause cause, Todo todo) {
    retire(entry, cause);
    todo.closings.add(entry);
  }

  /** As {@link #close(Entry, Cause, Todo)}, for one that a borrower may be using. */
  void abort(Entry entry, Todo todo) {
    retire(entry, Cause.CLOSED);
    todo.aborts.add(entry);
  }

  private void retire(Entry entry, Cause cause) {
    entry.slot.remove(entry);
    policy.closed(entry);
    counters.pastLeases += entry.leases();
    counters.evicted(cause);
  }

  private static Cause causeOf(Entry entry) {
    if (entry.isBroken()) {
      return Cause.BROKEN;
    }
    return entry.isOutdated() ? Cause.CLOSED : Cause.LIFETIME;
  }

  /** An entry's connection is closed; its place is free. */
  void closed(Entry entry, long now, Todo todo) {
    free(entry.slot);
    settle(entry.slot, now, todo);
    forgetIfGone(entry.slot, now, todo);
  }

  /** An evicted entry's connection is closed; its place belongs to a login already. */
  void closedForLogin(Entry entry, long now, Todo todo) {
    entry.slot.leaving--;
    entry.slot.open--;
    settle(entry.slot, now, todo);
    forgetIfGone(entry.slot, now, todo);
  }

  private void free(Slot slot) {
    used--;
    count(slot, -1);
  }

  private void count(Slot slot, int change) {
    unusedReserves -= slot.unusedReserve();
    slot.open += change;
    unusedReserves += slot.unusedReserve();
  }

  /** Closes what is idle and may not serve again. */
  void closeUnfit(Slot slot, long now, Todo todo) {
    for (Entry entry : slot.entries()) {
      if (!entry.isFit(now) && entry.tryHold()) {
        close(entry, todo);
      }
    }
  }

  // Who is next

  /**
   * Serves all who can be served.
   *
   * @param touched the user whose connections or callers have changed, if one has
   */
  void settle(@Nullable Slot touched, long now, Todo todo) {
    if (touched != null) {
      closeUnfit(touched, now, todo);
    }
    if (waiting == 0) {
      return;
    }
    if (touched != null && touched.isRefused(now)) { // they need not wait for their turn
      failUncovered(touched, todo);
    }
    if (used < settings.maxConnections()) {
      turns.addAll(patient);
      patient.clear();
    }
    if (touched != null && touched.wantsLogin()) {
      patient.remove(touched); // a user is in one of the two at most
      turns.add(touched); // where it stands, if it stands there already
    }
    if (!turns.isEmpty()) {
      takeTurns(now, todo);
    }
    if (touched != null) {
      serveFromIdle(touched, todo);
    }
  }

  private void takeTurns(long now, Todo todo) {
    pressed = true; // before the look at what is idle
    Turn turn = Turn.SERVED;
    while (!turns.isEmpty()) {
      Slot first = turns.iterator().next();
      turn = serve(first, now, todo);
      if (turn == Turn.NOTHING_FREE) {
        serveReserves(now, todo);
        break;
      }
      if (turn == Turn.LOGINS_BUSY) {
        break;
      }
      turns.remove(first);
      if (turn == Turn.SERVED && first.wantsLogin()) {
        turns.add(first);
      } else if (turn == Turn.PATIENT) {
        patient.add(first);
      }
    }
    pressed = turn == Turn.NOTHING_FREE && !turns.isEmpty();
  }

  private Turn serve(Slot slot, long now, Todo todo) {
    if (handOverIdle(slot, todo)) {
      return Turn.SERVED;
    }
    if (slot.open >= slot.maxConnections(settings)
        || (slot.backoff != null && slot.backoff.isActive(now))
        || (slot.serverFull != null && slot.serverFull.isActive(now))) {
      return Turn.KEPT_BACK_BY_OWN_LIMIT;
    }
    if (loggingIn >= settings.maxLoginsInFlight()) {
      return Turn.LOGINS_BUSY;
    }
    if (hasPlaceFor(slot)) {
      used++;
      order(slot, null, now, todo);
      return Turn.SERVED;
    }
    if (!slot.mayEvict()) {
      return Turn.PATIENT;
    }
    Entry evicted = evict();
    if (evicted == null) {
      return Turn.NOTHING_FREE;
    }
    order(slot, evicted, now, todo);
    return Turn.SERVED;
  }

  private boolean hasPlaceFor(Slot slot) {
    return used < settings.maxConnections()
        && (slot.unusedReserve() > 0 || used + unusedReserves < settings.maxConnections());
  }

  private void order(Slot slot, @Nullable Entry evicted, long now, Todo todo) {
    count(slot, 1);
    slot.loggingIn++;
    loggingIn++;
    todo.logins.add(
        new LoginOrder(slot, slot.epoch(), evicted, now, !slot.allowRlsBypass(settings)));
  }

  /** The first in turn can't be served, but users whose reserve is unused still can. */
  private void serveReserves(long now, Todo todo) {
    if (unusedReserves == 0) {
      return;
    }
    for (Slot slot : List.copyOf(turns)) {
      while (slot.unusedReserve() > 0
          && slot.wantsLogin()
          && serve(slot, now, todo) == Turn.SERVED) {
        // one after the other
      }
      if (!slot.wantsLogin()) { // served, or refused
        turns.remove(slot);
      }
    }
  }

  /** Takes the idle connection least worth keeping from another user, reserves excepted. */
  private @Nullable Entry evict() {
    while (true) {
      EvictionCandidate victim = policy.victim();
      if (victim == null) {
        return null;
      }
      if (victim instanceof Entry entry && entry.tryHold()) {
        retire(entry, Cause.BUDGET);
        entry.slot.leaving++; // it could spare one, so its unused reserve stays as it is
        return entry;
      }
    }
  }

  private void serveFromIdle(Slot slot, Todo todo) {
    while (slot.waiting() > 0 && handOverIdle(slot, todo)) {
      // one after the other
    }
    if (!slot.wantsLogin()) {
      stepOut(slot);
    }
  }

  private boolean handOverIdle(Slot slot, Todo todo) {
    Entry entry = slot.lease();
    if (entry == null) {
      return false;
    }
    Waiter waiter = next(slot);
    if (waiter == null) {
      throw new IllegalStateException("nobody of \"" + slot.user() + "\" waits");
    }
    waiter.end(new Waiter.Served(entry));
    todo.wakeUps.add(waiter);
    return true;
  }

  /** Logins under way may still serve as many callers; the others learn the cause now. */
  private void failUncovered(Slot slot, Todo todo) {
    Backoff backoff = Objects.requireNonNull(slot.backoff);
    while (slot.wantsLogin()) {
      fail(
          Objects.requireNonNull(next(slot)),
          new Failure.Refused(slot.user(), backoff.cause()),
          todo);
    }
    stepOut(slot);
  }

  // Time

  /** Lets users try again whose logins had to pause. */
  void resume(long now, Todo todo) {
    for (Slot slot : List.copyOf(paused)) {
      if (slot.pauseLeft(now) <= 0) {
        paused.remove(slot);
        settle(slot, now, todo);
      }
    }
  }

  /** When {@link #resume} is due, in nanoseconds from now; the most if nobody is paused. */
  long untilResume(long now) {
    return paused.stream().mapToLong(slot -> slot.pauseLeft(now)).min().orElse(Long.MAX_VALUE);
  }

  // What there is

  EvictionPolicy policy() {
    return policy;
  }

  int used() {
    return used;
  }

  /** All connections but those that are being opened or closed. */
  List<Entry> entries() {
    return policy.open().stream().map(Entry.class::cast).toList();
  }

  Collection<Slot> all() {
    return slots.values();
  }

  int loggingIn() {
    return loggingIn;
  }

  int usersWaiting() {
    return usersWaiting;
  }

  Counters counters() {
    return counters;
  }
}
