package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.PoolSnapshot.Awaited;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.PoolLog;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Failure;
import dev.onbehalf.pool.internal.user.Slot;
import dev.onbehalf.pool.internal.user.Waiter;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Decides who is served next, and with what. It does nothing itself that could block: what follows
 * from a decision goes on the {@link Todo}.
 *
 * <p>{@link #settle} is the one place where waiting callers are served. It runs after every change
 * that could serve somebody, until nobody more can be served. A user who wants a login, that is has
 * more waiting callers than logins under way, goes through these queues:
 *
 * <pre>
 *   {@link CredentialQueue}: the credential is asked for; that takes no place from anybody
 *        |
 *   {@link #turns}: the first is served if at all possible, by an idle connection of their own,
 *        |          a free place, or the place of another user's idle connection
 *        |
 *   {@link #patient}: has connections, only none idle, and rather waits for one of them
 * </pre>
 *
 * A user who is kept back only by limits of their own steps out, and comes back at the end when one
 * of their own connections moves. What the first in turn can't use goes to the callers of the user
 * it belongs to.
 *
 * <p><b>Rent before you buy</b>: who has connections does not take another user's at once, but only
 * when the caller has waited as long as a login takes ({@link Logins#patience()}) and insists. That
 * never costs more than twice of what knowing the future would cost (Karlin, Manasse, Rudolph and
 * Sleator: "Competitive Snoopy Caching", Algorithmica 3, 1988), and it keeps users who meet at
 * their own connections for a millisecond from closing each other's.
 *
 * <p><b>A budget that has shrunk</b> below what is in use makes every connection that comes back
 * wanted, as a first in turn does; it is closed, unless a less worthy one is idle.
 *
 * <p>Guarded by the engine's lock, all of it, except {@link #isPressed()}.
 */
public final class Dispatcher {
  private static final Logger log = PoolLog.LOG;

  private final Users users;
  private final Callers callers;
  private final Budget budget;
  private final Connections connections;
  private final Logins logins;
  private final CredentialQueue credentials;
  private final LinkedHashSet<Slot> turns = new LinkedHashSet<>();
  private final LinkedHashSet<Slot> patient = new LinkedHashSet<>();
  private volatile boolean pressed;

  /** Whether somebody waits for what isn't their own, or nobody is served at all. */
  private boolean wanted;

  private boolean suspended;

  private enum Turn {
    SERVED,
    KEPT_BACK_BY_OWN_LIMIT,
    PATIENT,
    LOGINS_BUSY,
    NOTHING_FREE
  }

  Dispatcher(
      Users users,
      Callers callers,
      Budget budget,
      Connections connections,
      Logins logins,
      CredentialQueue credentials) {
    this.users = users;
    this.callers = callers;
    this.budget = budget;
    this.connections = connections;
    this.logins = logins;
    this.credentials = credentials;
  }

  // Callers

  /**
   * Whether the first in turn waits for what isn't their own, so that any connection that becomes
   * idle is wanted. Not while only a login's end can help them, or that it is slow: then others may
   * go on as always, and after it the first in turn is looked at before anything. May be read
   * without the lock.
   */
  public boolean isPressed() {
    return pressed;
  }

  public void enqueue(Slot slot, Waiter waiter, long now, Todo todo) {
    waiter.beganAt(now);
    callers.add(slot, waiter);
    settle(slot, now, todo);
  }

  /** What the first caller of a user waits for who is not covered by what is under way. */
  public Awaited awaitedBy(Slot slot) {
    if (suspended) {
      return Awaited.RESUMPTION;
    }
    if (turns.contains(slot)) { // pressed: nothing is free; else only a login's end helps
      return pressed ? Awaited.PLACE : Awaited.LOGIN;
    }
    if (slot.loggingIn() + slot.checking() > 0) {
      return Awaited.LOGIN;
    }
    return slot.isAsking() || slot.open() == 0 ? Awaited.CREDENTIAL : Awaited.OWN_CONNECTION;
  }

  /** False if the caller has been served or failed meanwhile. */
  public boolean giveUp(Slot slot, Waiter waiter, long now, Todo todo) {
    if (!callers.remove(slot, waiter)) {
      return false;
    }
    if (!slot.wantsLogin()) {
      stepOut(slot);
    }
    settle(null, now, todo);
    users.forgetIfGone(slot, now, todo);
    return true;
  }

  /** A caller has waited long enough for a connection of their own. */
  public void insist(Slot slot, Waiter waiter, long now, Todo todo) {
    if (slot.insist(waiter)) {
      settle(slot, now, todo);
    }
  }

  /** A user wants no login any more, as far as their callers go. */
  void stepOut(Slot slot) {
    slot.dropCredential();
    leaveQueues(slot);
    if (turns.isEmpty()) {
      press(suspended);
    }
  }

  /** A user can't log in for now. */
  void leaveQueues(Slot slot) {
    credentials.remove(slot);
    turns.remove(slot);
    patient.remove(slot);
  }

  // Who is next

  /**
   * Serves all who can be served.
   *
   * @param touched the user whose connections or callers have changed, if one has
   */
  public void settle(@Nullable Slot touched, long now, Todo todo) {
    if (touched != null) {
      connections.closeUnfit(touched, now, todo);
    }
    giveBackExcess(now, todo);
    boolean wantsLogin = touched != null && touched.wantsLogin();
    if ((callers.waiting() == 0 && !wantsLogin && isNobodyQueued()) || suspended) {
      return;
    }
    if (touched != null && touched.isRefused(now)) { // they need not wait for their turn
      failUncovered(touched, todo);
    }
    if (budget.hasRoom()) {
      turns.addAll(patient);
      patient.clear();
    }
    if (touched != null && touched.wantsLogin()) {
      queue(touched, now);
    }
    if (!turns.isEmpty()) {
      takeTurns(now, todo);
    }
    if (touched != null) {
      serveFromIdle(touched, now, todo);
    }
    credentials.ask(now, todo);
  }

  /** Whoever is to be warmed may be, though nobody waits. */
  private boolean isNobodyQueued() {
    return turns.isEmpty() && credentials.isEmpty();
  }

  /** Where it stands, if it stands somewhere already. */
  private void queue(Slot slot, long now) {
    if (slot.credential() != null) {
      patient.remove(slot); // a user is in one of the two at most
      turns.add(slot);
    } else if (logins.mayHaveMore(slot, now)) {
      credentials.add(slot);
    }
  }

  private void takeTurns(long now, Todo todo) {
    press(true); // before the look at what is idle
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
        queue(first, now);
      } else if (turn == Turn.PATIENT) {
        patient.add(first);
      }
    }
    press(turn == Turn.NOTHING_FREE && !turns.isEmpty());
  }

  private void press(boolean value) {
    wanted = value;
    boolean presses = value || budget.excess() > 0;
    if (pressed != presses) { // whoever gives back reads it
      pressed = presses;
    }
  }

  private void giveBackExcess(long now, Todo todo) {
    if (budget.excess() > 0) {
      press(wanted); // before the look at what is idle
      connections.giveBack(budget.excess(), budget.maximum() == 0, now, todo);
    } else if (pressed) {
      press(wanted);
    }
  }

  private Turn serve(Slot slot, long now, Todo todo) {
    if (slot.waiting() > 0 && handOverIdle(slot, now, todo)) {
      return Turn.SERVED;
    }
    Secret credential = slot.credential();
    if (credential == null || !logins.mayHaveMore(slot, now)) {
      return Turn.KEPT_BACK_BY_OWN_LIMIT;
    }
    boolean free = budget.hasPlaceFor(slot);
    if (!free && slot.waiting() == 0) {
      slot.endPrewarming();
      return Turn.KEPT_BACK_BY_OWN_LIMIT; // nobody asks for it yet
    }
    if (!free && !slot.mayEvict()) {
      return Turn.PATIENT;
    }
    if (!logins.mayBegin(now)) {
      return Turn.LOGINS_BUSY;
    }
    if (free) {
      logins.begin(slot, credential, now, todo);
      return Turn.SERVED;
    }
    Entry victim = connections.victimFor(slot);
    if (victim == null) {
      return Turn.NOTHING_FREE;
    }
    logins.beginInPlaceOf(victim, slot, credential, now, todo);
    return Turn.SERVED;
  }

  /** The first in turn can't be served, but users whose reserve is unused still can. */
  private void serveReserves(long now, Todo todo) {
    if (!budget.hasUnusedReserves()) {
      return;
    }
    for (Slot slot : users.reserved()) { // few, whereas all may wait for a turn
      while (turns.contains(slot)
          && slot.unusedReserve() > 0
          && slot.wantsLogin()
          && serve(slot, now, todo) == Turn.SERVED) {
        // one after the other
      }
      if (!slot.wantsLogin()) { // served, or refused
        turns.remove(slot);
      }
    }
  }

  /** Gives an entry, which is HELD, to a caller of its user; false if there is none to serve. */
  boolean handOver(Entry entry, long now, Todo todo) {
    Waiter.Served served = new Waiter.Served(entry); // before anything moves
    boolean mayServe = !suspended && budget.maximum() > 0 && entry.isFit(now);
    Waiter waiter = mayServe ? callers.next(entry.slot()) : null;
    if (waiter == null) {
      return false;
    }
    entry.releaseToWaiter();
    Callers.serve(waiter, served, todo);
    return true;
  }

  private void serveFromIdle(Slot slot, long now, Todo todo) {
    while (slot.waiting() > slot.checking() && handOverIdle(slot, now, todo)) {
      // one after the other
    }
    if (!slot.wantsLogin()) {
      stepOut(slot);
    }
  }

  /** One of the user's own, at once or after a look at it. */
  private boolean handOverIdle(Slot slot, long now, Todo todo) {
    Entry entry = slot.lease();
    if (entry == null) {
      return false;
    }
    if (!entry.wasHeardOfLately(now) && entry.unlease()) {
      connections.check(entry, true, now, todo);
      return true;
    }
    serveFirst(slot, entry, todo);
    return true;
  }

  /** With an entry, which is LEASED. */
  private void serveFirst(Slot slot, Entry entry, Todo todo) {
    Waiter.Served served;
    Waiter waiter;
    try {
      served = new Waiter.Served(entry);
      waiter = Objects.requireNonNull(callers.next(slot), "somebody waits");
    } catch (RuntimeException | Error e) {
      entry.unlease(); // HELD, where the sweep finds it
      throw e;
    }
    Callers.serve(waiter, served, todo);
  }

  /** Logins under way may still serve as many callers; the others learn the cause now. */
  private void failUncovered(Slot slot, Todo todo) {
    SQLException cause = Objects.requireNonNull(slot.loginFailure());
    slot.endPrewarming();
    while (slot.waiting() > slot.loggingIn() + slot.checking()) {
      Callers.fail(
          Objects.requireNonNull(callers.next(slot)),
          new Failure.Refused(slot.user(), cause),
          todo);
    }
    stepOut(slot);
  }

  // Time

  /** Nobody is served until {@link #resumeServing}. */
  public void suspend() {
    suspended = true;
    press(true);
  }

  public void resumeServing(long now, Todo todo) {
    suspended = false;
    press(false);
    lookAtAll(now, todo);
  }

  /** There may be another number of connections from now on. */
  public void resize(int maximum, long now, Todo todo) {
    budget.move(maximum);
    settle(null, now, todo);
    lookAtAll(now, todo);
  }

  /** Looks once more whether somebody who waits could be served, or is to have more. */
  void lookAtAll(long now, Todo todo) {
    for (Slot slot : callers.users()) {
      settle(slot, now, todo);
    }
    users.warm().forEach(slot -> settle(slot, now, todo));
  }

  /** Lets users try again whose logins had to pause, and the server bear more. */
  public void resume(long now, Todo todo) {
    for (Slot slot : users.takeResumed(now)) {
      settle(slot, now, todo);
      users.forgetIfGone(slot, now, todo);
    }
    ServerLimit server = budget.server();
    if (server.tryMore(now) && !server.isLowered()) {
      todo.notes()
          .add(() -> log.info("The server bears the whole budget again, as far as it is needed"));
    }
    settle(null, now, todo);
  }

  /** When {@link #resume} is due, in nanoseconds from now; the most if nobody is paused. */
  public long untilResume(long now) {
    return Math.min(budget.server().untilChange(now), users.untilResumed(now));
  }
}
