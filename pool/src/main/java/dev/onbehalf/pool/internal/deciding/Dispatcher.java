package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.internal.PoolLog;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.deciding.Call.LoggingIn;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Failure;
import dev.onbehalf.pool.internal.user.Slot;
import dev.onbehalf.pool.internal.user.Waiter;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
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
 * when the caller has waited as long as a login takes ({@link #patience()}) and insists. That never
 * costs more than twice of what knowing the future would cost (Karlin, Manasse, Rudolph and
 * Sleator: "Competitive Snoopy Caching", Algorithmica 3, 1988), and it keeps users who meet at
 * their own connections for a millisecond from closing each other's.
 *
 * <p>Guarded by the engine's lock, all of it, except {@link #isPressed()} and {@link #patience()}.
 */
public final class Dispatcher {
  private static final Logger log = PoolLog.LOG;

  /** What a login is taken to last before there was one. */
  private static final long FIRST_GUESS_NANOS = 20_000_000;

  private final Settings settings;
  private final Users users;
  private final Budget budget;
  private final Calls calls;
  private final Connections connections;
  private final CredentialQueue credentials;
  private final LinkedHashSet<Slot> turns = new LinkedHashSet<>();
  private final LinkedHashSet<Slot> patient = new LinkedHashSet<>();
  private final LinkedHashSet<Slot> waitingUsers = new LinkedHashSet<>();
  private volatile boolean pressed;
  private volatile long loginNanos = FIRST_GUESS_NANOS;
  private boolean suspended;
  private int waiting;

  private enum Turn {
    SERVED,
    KEPT_BACK_BY_OWN_LIMIT,
    PATIENT,
    LOGINS_BUSY,
    NOTHING_FREE
  }

  public Dispatcher(
      Settings settings, Users users, Budget budget, Calls calls, Connections connections) {
    this.settings = settings;
    this.users = users;
    this.budget = budget;
    this.calls = calls;
    this.connections = connections;
    this.credentials = new CredentialQueue(calls);
  }

  // Users

  /**
   * Changes what a user has otherwise. Connections that were opened without the check for Row-Level
   * Security don't outlive their exemption.
   *
   * @throws IllegalArgumentException if all reserves together exceed the budget
   */
  public void override(Slot slot, @Nullable UserPoolOverrides overrides, long now, Todo todo) {
    boolean unchecked = slot.allowRlsBypass(settings);
    users.override(slot, overrides);
    if (unchecked && !slot.allowRlsBypass(settings)) {
      slot.nextEpoch();
    }
    settle(slot, now, todo);
  }

  /** Closes a user's connections, at once or when they come back, and fails their callers. */
  public void closePool(Slot slot, long now, Failure why, Todo todo) {
    slot.nextEpoch();
    slot.endPause();
    connections.closeUnfit(slot, now, todo);
    for (Waiter waiter = next(slot); waiter != null; waiter = next(slot)) {
      fail(waiter, why, todo);
    }
    stepOut(slot);
    override(slot, null, now, todo);
    users.forgetIfGone(slot, now, todo);
  }

  /** Has new connections take the place of a user's, as soon as they are idle. */
  public void evict(Slot slot, long now, Todo todo) {
    slot.nextEpoch();
    settle(slot, now, todo);
  }

  /** The provider has a newer credential: a refusal of the former counts no more. */
  public void credentialRenewed(Slot slot, long now, Todo todo) {
    slot.endPause();
    slot.dropCredential();
    users.remember(slot, now);
    settle(slot, now, todo);
  }

  // Callers

  public int waiting() {
    return waiting;
  }

  /**
   * Whether the first in turn waits for what isn't their own, so that any connection that becomes
   * idle is wanted. Not while only a login's end can help them: then others may go on as always,
   * and after it the first in turn is looked at before anything. May be read without the lock.
   */
  public boolean isPressed() {
    return pressed;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock only
  void loginTook(long nanos) {
    loginNanos += (nanos - loginNanos) / 8;
  }

  /** How long a caller waits for a connection of their own before insisting; without the lock. */
  public long patience() {
    return Math.min(loginNanos, settings.connectionTimeout().toNanos() / 4);
  }

  public void enqueue(Slot slot, Waiter waiter, long now, Todo todo) {
    waitingUsers.add(slot);
    slot.enqueue(waiter);
    waiting++;
    settle(slot, now, todo);
  }

  /** False if the caller has been served or failed meanwhile. */
  public boolean giveUp(Slot slot, Waiter waiter, long now, Todo todo) {
    if (!slot.dequeue(waiter)) {
      return false;
    }
    leftQueue(slot);
    if (!slot.wantsLogin()) {
      stepOut(slot);
    }
    settle(null, now, todo);
    users.forgetIfGone(slot, now, todo);
    return true;
  }

  /** Somebody is about to ask: a login is begun if a place is free. */
  public void prewarm(Slot slot, long now, Todo todo) {
    slot.prewarm();
    settle(slot, now, todo);
  }

  /** A caller has waited long enough for a connection of their own. */
  public void insist(Slot slot, Waiter waiter, long now, Todo todo) {
    if (slot.insist(waiter)) {
      settle(slot, now, todo);
    }
  }

  private void stepOut(Slot slot) {
    credentials.remove(slot);
    slot.dropCredential();
    turns.remove(slot);
    patient.remove(slot);
    if (turns.isEmpty()) {
      pressed = suspended;
    }
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
      waitingUsers.remove(slot);
    }
  }

  private static void fail(Waiter waiter, Failure why, Todo todo) {
    waiter.end(new Waiter.Failed(why));
    todo.wakeUps().add(waiter);
  }

  private void serve(Waiter waiter, Entry entry, Todo todo) {
    waiter.end(new Waiter.Served(entry));
    todo.wakeUps().add(waiter);
  }

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
    boolean wanted = touched != null && touched.wantsLogin();
    if ((waiting == 0 && !wanted) || suspended) {
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

  /** Where it stands, if it stands somewhere already. */
  private void queue(Slot slot, long now) {
    if (slot.credential() != null) {
      patient.remove(slot); // a user is in one of the two at most
      turns.add(slot);
    } else if (mayHaveMore(slot, now)) {
      credentials.add(slot);
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
        queue(first, now);
      } else if (turn == Turn.PATIENT) {
        patient.add(first);
      }
    }
    pressed = turn == Turn.NOTHING_FREE && !turns.isEmpty();
  }

  private Turn serve(Slot slot, long now, Todo todo) {
    if (slot.waiting() > 0 && handOverIdle(slot, now, todo)) {
      return Turn.SERVED;
    }
    Secret credential = slot.credential();
    if (credential == null || !mayHaveMore(slot, now)) {
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
    if (!calls.mayLogIn() || budget.server().isPaused(now)) {
      return Turn.LOGINS_BUSY;
    }
    if (free) {
      calls.begin(login(slot, credential, false, now), now, todo);
      budget.take(slot);
      return Turn.SERVED;
    }
    Entry victim = connections.victimFor(slot);
    if (victim == null) {
      return Turn.NOTHING_FREE;
    }
    budget.promise(victim.slot(), slot);
    connections.evict(victim, login(slot, credential, true, now), now, todo);
    return Turn.SERVED;
  }

  private LoggingIn login(Slot slot, Secret credential, boolean inOthersPlace, long now) {
    slot.loginBegun();
    return new LoggingIn(slot, credential, !slot.allowRlsBypass(settings), inOthersPlace, now);
  }

  /** Whether nothing of a user's own keeps them from one more login. */
  private boolean mayHaveMore(Slot slot, long now) {
    return slot.open() < slot.maxConnections(settings)
        && slot.loggingIn() < shareOfLogins()
        && !slot.isPaused(now);
  }

  /** Nobody's hanging logins are all logins. */
  private int shareOfLogins() {
    return Math.max(1, settings.maxLoginsInFlight() / 4);
  }

  /** The first in turn can't be served, but users whose reserve is unused still can. */
  private void serveReserves(long now, Todo todo) {
    if (!budget.hasUnusedReserves()) {
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

  /** Gives an entry, which is HELD, to a caller of its user; false if there is none to serve. */
  boolean handOver(Entry entry, long now, Todo todo) {
    Waiter waiter = !suspended && entry.isFit(now) ? next(entry.slot()) : null;
    if (waiter == null) {
      return false;
    }
    entry.releaseToWaiter();
    serve(waiter, entry, todo);
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
    Waiter waiter = next(slot);
    if (waiter == null) {
      throw new IllegalStateException("nobody of \"" + slot.user() + "\" waits");
    }
    serve(waiter, entry, todo);
    return true;
  }

  /** Logins under way may still serve as many callers; the others learn the cause now. */
  private void failUncovered(Slot slot, Todo todo) {
    SQLException cause = Objects.requireNonNull(slot.loginFailure());
    slot.endPrewarming();
    while (slot.waiting() > slot.loggingIn() + slot.checking()) {
      fail(Objects.requireNonNull(next(slot)), new Failure.Refused(slot.user(), cause), todo);
    }
    stepOut(slot);
  }

  // Time

  /** Nobody is served until {@link #resumeServing}. */
  public void suspend() {
    suspended = true;
    pressed = true;
  }

  public void resumeServing(long now, Todo todo) {
    suspended = false;
    pressed = false;
    lookAtAll(now, todo);
  }

  /** Looks once more whether somebody who waits could be served, or is to have more. */
  void lookAtAll(long now, Todo todo) {
    for (Slot slot : List.copyOf(waitingUsers)) {
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

  // What there is

  public ServerLimit server() {
    return budget.server();
  }

  public int used() {
    return budget.used();
  }

  Collection<Slot> all() {
    return users.all();
  }

  public int loggingIn() {
    return calls.loggingIn();
  }

  public int usersWaiting() {
    return waitingUsers.size();
  }
}
