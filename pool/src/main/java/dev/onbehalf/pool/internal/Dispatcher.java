package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolManager;
import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.internal.Call.Asking;
import dev.onbehalf.pool.internal.Call.Checking;
import dev.onbehalf.pool.internal.Call.Cleaning;
import dev.onbehalf.pool.internal.Call.Closing;
import dev.onbehalf.pool.internal.Call.LoggingIn;
import dev.onbehalf.pool.internal.Counters.Cause;
import dev.onbehalf.pool.internal.jdbc.SqlStates;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
final class Dispatcher {
  private static final Logger log = LoggerFactory.getLogger(UserPoolManager.class);

  private static final int FORGOTTEN_AT_ONCE = 10_000;

  /** What a login is taken to last before there was one. */
  private static final long FIRST_GUESS_NANOS = 20_000_000;

  /** HikariCP's measure: a connection heard of so lately is taken to be alive. */
  static final long TRUSTED_NANOS = 500_000_000L;

  private final Settings settings;
  private final EvictionPolicy policy;
  private final Budget budget;
  private final Calls calls;
  private final ConcurrentHashMap<String, Slot> slots = new ConcurrentHashMap<>();
  private final CredentialQueue credentials;
  private final LinkedHashSet<Slot> turns = new LinkedHashSet<>();
  private final LinkedHashSet<Slot> patient = new LinkedHashSet<>();
  private final LinkedHashSet<Slot> paused = new LinkedHashSet<>();
  private final LinkedHashSet<Slot> waitingUsers = new LinkedHashSet<>();
  private final LinkedHashSet<Slot> warmUsers = new LinkedHashSet<>();

  /** Users in the order in which they were made. */
  private final ArrayDeque<Slot> unused = new ArrayDeque<>();

  private final Counters counters = new Counters();
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

  Dispatcher(Settings settings) {
    this.settings = settings;
    this.policy = new EvictionPolicy(settings.maxConnections());
    this.budget = new Budget(settings.maxConnections());
    this.calls = new Calls(settings);
    this.credentials = new CredentialQueue(calls);
  }

  // Users

  /** By name; may be read without the lock. */
  Map<String, Slot> slots() {
    return slots;
  }

  Slot add(Slot slot, long now, Todo todo) {
    slots.put(slot.user(), slot);
    slot.known = true;
    slot.madeAt = now;
    unused.add(slot);
    note(slot, "made", todo);
    return slot;
  }

  /** Forgets a user who has nothing left to remember. */
  void forgetIfGone(Slot slot, long now, Todo todo) {
    if (!slot.known || !slot.isGone(now)) {
      return;
    }
    slots.remove(slot.user(), slot);
    slot.known = false;
    slot.backoff = null;
    slot.credential = null;
    paused.remove(slot);
    note(slot, "gone", todo);
  }

  /** Forgets users who were asked for at some time before, and never connected. */
  void forgetUnused(long before, long now, Todo todo) {
    for (int i = 0; i < FORGOTTEN_AT_ONCE; i++) { // the lock is not held for long
      Slot oldest = unused.peek();
      if (oldest == null || oldest.madeAt - before > 0) {
        return;
      }
      forgetIfGone(unused.remove(), now, todo);
    }
  }

  private void note(Slot slot, String change, Todo todo) {
    if (log.isDebugEnabled()) {
      int users = slots.size();
      int connections = budget.used();
      todo.notes.add(
          () ->
              log.debug(
                  "Pool of \"{}\" {}: {} users, {} connections",
                  slot.user(),
                  change,
                  users,
                  connections));
    }
  }

  /**
   * Changes what a user has otherwise. Connections that were opened without the check for Row-Level
   * Security don't outlive their exemption.
   *
   * @throws IllegalArgumentException if all reserves together exceed the budget
   */
  void override(Slot slot, @Nullable UserPoolOverrides overrides, long now, Todo todo) {
    int reserve = overrides == null ? 0 : overrides.reserve();
    if (reserve > slot.reserve()) { // else nobody's is at stake, and to look at all users is dear
      requireRoomFor(reserve, slot);
    }
    boolean unchecked = slot.allowRlsBypass(settings);
    budget.override(slot, overrides);
    if (slot.warm() > 0) {
      warmUsers.add(slot);
    } else {
      warmUsers.remove(slot);
    }
    if (unchecked && !slot.allowRlsBypass(settings)) {
      slot.nextEpoch();
    }
    settle(slot, now, todo);
  }

  private void requireRoomFor(int reserve, Slot slot) {
    long reserves = reserves() - slot.reserve() + reserve;
    if (reserves > settings.maxConnections()) {
      throw new IllegalArgumentException(
          "reserve %s for \"%s\": all reserves together would be %s, over maxConnections %s"
              .formatted(reserve, slot.user(), reserves, settings.maxConnections()));
    }
  }

  private long reserves() {
    return slots.values().stream().mapToLong(Slot::reserve).sum();
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
    for (Call call : calls.of(slot)) {
      if (call instanceof LoggingIn || call instanceof Asking) {
        overdue(call, now, todo);
      }
    }
    override(slot, null, now, todo);
    forgetIfGone(slot, now, todo);
  }

  /** Has new connections take the place of a user's, as soon as they are idle. */
  void evict(Slot slot, long now, Todo todo) {
    slot.nextEpoch();
    settle(slot, now, todo);
  }

  /** The provider has a newer credential: a refusal of the former counts no more. */
  void credentialRenewed(Slot slot, long now, Todo todo) {
    slot.backoff = null;
    slot.credential = null;
    slot.madeAt = now;
    unused.add(slot);
    settle(slot, now, todo);
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
    waitingUsers.add(slot);
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

  /** Somebody is about to ask: a login is begun if a place is free. */
  void prewarm(Slot slot, long now, Todo todo) {
    slot.prewarm = slot.open == 0;
    settle(slot, now, todo);
  }

  /** A caller has waited long enough for a connection of their own. */
  void insist(Slot slot, Waiter waiter, long now, Todo todo) {
    if (slot.insist(waiter)) {
      settle(slot, now, todo);
    }
  }

  private void stepOut(Slot slot) {
    credentials.remove(slot);
    slot.credential = null;
    turns.remove(slot);
    patient.remove(slot);
    if (turns.isEmpty()) {
      pressed = suspended;
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
      waitingUsers.remove(slot);
    }
  }

  private static void fail(Waiter waiter, Failure why, Todo todo) {
    waiter.end(new Waiter.Failed(why));
    todo.wakeUps.add(waiter);
  }

  private void serve(Waiter waiter, Entry entry, Todo todo) {
    waiter.end(new Waiter.Served(entry));
    todo.wakeUps.add(waiter);
  }

  // Credentials

  /** The provider gave a credential. */
  void answered(Asking call, Secret credential, long now, Todo todo) {
    if (!calls.end(call, now, todo) || call.epoch != call.slot.epoch()) {
      return;
    }
    call.slot.asking = false;
    if (call.slot.wantsLogin()) {
      call.slot.credential = credential;
    }
    settle(call.slot, now, todo);
  }

  /** It gave none. */
  void refused(Asking call, SQLException cause, long now, Todo todo) {
    if (!calls.end(call, now, todo)) {
      return;
    }
    counters.failedLogins++;
    if (call.epoch == call.slot.epoch()) {
      call.slot.asking = false;
      pause(call.slot, cause, now);
    }
    settle(call.slot, now, todo);
    forgetIfGone(call.slot, now, todo);
  }

  // Logins

  /**
   * A login succeeded. Whoever it was made for gets it, before the next turn. False if it comes too
   * late: its place is somebody else's by now.
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock only
  boolean loggedIn(LoggingIn call, Entry entry, long now, Todo todo) {
    calls.succeeded(call, now);
    if (!ended(call, now, todo)) {
      return false;
    }
    Slot slot = call.slot;
    counters.logins++;
    loginNanos += (now - call.since - loginNanos) / 8;
    slot.backoff = null;
    budget.server().accepted();
    slot.add(entry);
    policy.opened(entry, EvictionPolicy.key(slot.user(), slot.entries().length));
    handOverHeld(entry, now, todo);
    return true;
  }

  /** A login failed; its place is free again. */
  void loginFailed(LoggingIn call, SQLException cause, long now, Todo todo) {
    if (!ended(call, now, todo)) {
      return;
    }
    budget.free(call.slot);
    failed(call, cause, now, todo);
  }

  private boolean ended(LoggingIn call, long now, Todo todo) {
    if (!calls.end(call, now, todo)) {
      return false;
    }
    if (call.epoch == call.slot.epoch()) {
      call.slot.loggingIn--;
    }
    return true;
  }

  private void failed(LoggingIn call, SQLException cause, long now, Todo todo) {
    Slot slot = call.slot;
    counters.failedLogins++;
    if (ServerLimit.isTold(cause)) {
      serverIsFull(cause, now, todo);
    } else if (call.epoch == slot.epoch()) {
      slot.credential = null; // it may be what was refused
      pause(slot, cause, now);
    }
    settle(slot, now, todo);
    forgetIfGone(slot, now, todo);
  }

  private void serverIsFull(SQLException cause, long now, Todo todo) {
    boolean known = budget.server().isLowered();
    budget.refusedByServer(cause, reserves(), now);
    int limit = budget.server().limit();
    if (!known && budget.server().isLowered()) {
      todo.notes.add(
          () ->
              log.warn(
                  "The server is full before the budget is: it bears {} of {} connections ({})."
                      + " Idle ones give way, and more is tried from time to time."
                      + " Lower maxConnections, or raise the server's max_connections",
                  limit,
                  settings.maxConnections(),
                  cause.getMessage()));
    }
  }

  private void pause(Slot slot, SQLException cause, long now) {
    slot.backoff = Backoff.after(slot.backoff, cause, now);
    paused.add(slot);
    leaveQueues(slot);
  }

  private void leaveQueues(Slot slot) {
    credentials.remove(slot);
    turns.remove(slot);
    patient.remove(slot);
  }

  // Connections

  /** A borrower gave back an entry, which is HELD. */
  void returned(Entry entry, long now, Todo todo) {
    entry.arrived();
    if (!entry.isFit(now)) {
      close(entry, now, todo);
      return;
    }
    entry.used(now);
    entry.release();
    settle(entry.slot, now, todo);
  }

  /** Has an entry, which is HELD, cleaned by a worker. */
  void clean(Entry entry, Runnable work, long now, Todo todo) {
    entry.arrived();
    calls.begin(new Cleaning(entry, work), now, todo);
  }

  void cleaned(Cleaning call, long now, Todo todo) {
    if (calls.end(call, now, todo)) {
      returned(call.entry, now, todo);
    }
  }

  /** Asks an entry, which is HELD, whether it works, for a caller who waits or before it is due. */
  void check(Entry entry, boolean awaited, long now, Todo todo) {
    if (awaited) {
      entry.slot.checking++;
    }
    calls.begin(new Checking(entry, awaited), now, todo);
  }

  /** Keeps an idle entry alive, unless that has to wait for others. */
  void keepAlive(Entry entry, long now, Todo todo) {
    if (calls.mayKeepAlive() && entry.tryHold()) {
      check(entry, false, now, todo);
    }
  }

  /** An entry was looked at; that doesn't count as a use. */
  void checked(Checking call, long now, Todo todo) {
    if (!endCheck(call, now, todo)) {
      return;
    }
    Entry entry = call.entry;
    entry.checked(now);
    if (call.awaited) {
      handOverHeld(entry, now, todo);
    } else if (entry.isFit(now)) {
      entry.release();
      settle(entry.slot, now, todo);
    } else {
      close(entry, now, todo);
    }
  }

  private boolean endCheck(Checking call, long now, Todo todo) {
    if (!calls.end(call, now, todo)) {
      return false;
    }
    if (call.awaited) {
      call.slot.checking--;
    }
    return true;
  }

  /** Gives an entry, which is HELD, to a caller of its user; or whoever is next. */
  private void handOverHeld(Entry entry, long now, Todo todo) {
    Slot slot = entry.slot;
    Waiter waiter = !suspended && entry.isFit(now) ? next(slot) : null;
    if (waiter == null) {
      returned(entry, now, todo);
    } else {
      entry.releaseToWaiter();
      serve(waiter, entry, todo);
    }
    settle(slot, now, todo);
  }

  /** An entry, held by the pool, leaves its slot; it still counts until it is closed. */
  void close(Entry entry, long now, Todo todo) {
    close(entry, causeOf(entry), now, todo);
    settle(entry.slot, now, todo); // its user may want another login
  }

  void close(Entry entry, Cause cause, long now, Todo todo) {
    retire(entry, cause);
    calls.begin(new Closing(entry.slot, entry.driver(), false, null), now, todo);
  }

  /** As {@link #close(Entry, Cause, long, Todo)}, for one that somebody may be using. */
  void abort(Entry entry, Cause cause, long now, Todo todo) {
    retire(entry, cause);
    calls.begin(new Closing(entry.slot, entry.driver(), true, null), now, todo);
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

  /** A connection is closed; its place is free, or a login's. */
  void closed(Closing call, long now, Todo todo) {
    if (calls.end(call, now, todo)) {
      gone(call, now, todo);
    }
  }

  private void gone(Closing call, long now, Todo todo) {
    LoggingIn login = call.successor;
    if (login == null) {
      budget.free(call.slot);
    } else {
      budget.handOver(call.slot);
      begin(login, now, todo);
    }
    settle(call.slot, now, todo);
    forgetIfGone(call.slot, now, todo);
  }

  /** Unless its pool was closed meanwhile. */
  private void begin(LoggingIn login, long now, Todo todo) {
    if (login.epoch == login.slot.epoch()) {
      calls.begin(login, now, todo);
    } else {
      budget.free(login.slot);
      settle(login.slot, now, todo);
      forgetIfGone(login.slot, now, todo);
    }
  }

  /** Closes what is idle and may not serve again. */
  void closeUnfit(Slot slot, long now, Todo todo) {
    for (Entry entry : slot.entries()) {
      if (!entry.isFit(now) && entry.tryHold()) {
        close(entry, causeOf(entry), now, todo);
      }
    }
  }

  // Calls that hang

  /** Ends calls that take too long; others get what they keep. */
  void endOverdue(long now, Todo todo) {
    calls.overdue(now).forEach(call -> overdue(call, now, todo));
    if (calls.noticeSlow(now)) {
      settle(null, now, todo);
    }
  }

  private void overdue(Call call, long now, Todo todo) {
    todo.interrupts.add(call);
    if (call instanceof Asking asking) {
      refused(asking, tooLong("The credential provider", call), now, todo);
    } else if (call instanceof LoggingIn login) {
      overdue(login, now, todo);
    } else if (call instanceof Checking check) {
      if (endCheck(check, now, todo)) {
        abandon(check.entry, now, todo);
      }
    } else if (call instanceof Cleaning cleaning) {
      if (calls.end(call, now, todo)) {
        abandon(cleaning.entry, now, todo);
      }
    } else if (call instanceof Closing closing) {
      overdue(closing, now, todo);
    }
  }

  private void abandon(Entry entry, long now, Todo todo) {
    entry.markBroken();
    abort(entry, Cause.BROKEN, now, todo);
    settle(entry.slot, now, todo);
  }

  /** The place of a login that has a connection is free when that has been aborted. */
  private void overdue(LoggingIn call, long now, Todo todo) {
    if (!ended(call, now, todo)) {
      return;
    }
    if (call.connection == null) {
      budget.free(call.slot);
    } else {
      calls.begin(new Closing(call.slot, call.connection, true, null), now, todo);
    }
    failed(call, tooLong("The login", call), now, todo);
  }

  /** First the driver is left alone, then the connection. */
  private void overdue(Closing call, long now, Todo todo) {
    if (!calls.end(call, now, todo)) {
      return;
    }
    if (call.abort) {
      todo.notes.add(
          () ->
              log.warn(
                  "The driver does not end a connection of \"{}\"; it is given up",
                  call.slot.user()));
      gone(call, now, todo);
    } else {
      calls.begin(new Closing(call.slot, call.driver, true, call.successor), now, todo);
    }
  }

  private static SQLException tooLong(String what, Call call) {
    return new SQLTimeoutException(
        "%s of \"%s\" did not come to an end in time".formatted(what, call.slot.user()),
        SqlStates.UNABLE_TO_CONNECT);
  }

  /** Aborts whatever is not idle: leases, cleanings, checks, logins, closings. */
  void abortAll(long now, Todo todo) {
    for (Entry entry : entries()) {
      if (entry.seize()) {
        entry.markBroken();
        todo.notes.add(
            () ->
                log.warn(
                    "Aborting a connection of \"{}\" that did not come back in time",
                    entry.user()));
        abort(entry, Cause.CLOSED, now, todo);
      }
    }
    for (Call call : calls.all()) {
      if (!(call instanceof Closing closing) || !closing.abort) {
        overdue(call, now, todo);
      }
    }
  }

  /** Gives up what can't even be aborted. */
  void giveUpAll(long now, Todo todo) {
    while (budget.used() > 0 && !calls.all().isEmpty()) {
      calls.all().forEach(call -> overdue(call, now, todo));
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
    if (slot.credential != null) {
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
    Secret credential = slot.credential;
    if (credential == null || !mayHaveMore(slot, now)) {
      return Turn.KEPT_BACK_BY_OWN_LIMIT;
    }
    boolean free = budget.hasPlaceFor(slot);
    if (!free && slot.waiting() == 0) {
      slot.prewarm = false;
      return Turn.KEPT_BACK_BY_OWN_LIMIT; // nobody asks for it yet
    }
    if (!free && !slot.mayEvict()) {
      return Turn.PATIENT;
    }
    if (!calls.mayLogIn() || budget.server().isPaused(now)) {
      return Turn.LOGINS_BUSY;
    }
    if (free) {
      budget.take(slot);
      calls.begin(login(slot, credential, false, now), now, todo);
      return Turn.SERVED;
    }
    Entry victim = victimFor(slot);
    if (victim == null) {
      return Turn.NOTHING_FREE;
    }
    budget.promise(victim.slot, slot);
    LoggingIn login = login(slot, credential, true, now);
    calls.begin(new Closing(victim.slot, victim.driver(), false, login), now, todo);
    return Turn.SERVED;
  }

  private LoggingIn login(Slot slot, Secret credential, boolean inOthersPlace, long now) {
    slot.loggingIn++;
    slot.prewarm = false;
    return new LoggingIn(slot, credential, !slot.allowRlsBypass(settings), inOthersPlace, now);
  }

  /** Whether nothing of a user's own keeps them from one more login. */
  private boolean mayHaveMore(Slot slot, long now) {
    return slot.open < slot.maxConnections(settings)
        && slot.loggingIn < shareOfLogins()
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

  /**
   * Takes the idle connection least worth keeping from another user, reserves excepted. One whose
   * own callers wait is taken only for who has none at all, lest those starve.
   */
  private @Nullable Entry victimFor(Slot slot) {
    Entry victim = victim(EvictionCandidate::isEvictable);
    if (victim == null && slot.open == 0) {
      victim = victim(candidate -> candidate instanceof Entry entry && entry.canBeSpared());
    }
    if (victim != null) {
      retire(victim, Cause.BUDGET);
    }
    return victim;
  }

  private @Nullable Entry victim(Predicate<EvictionCandidate> evictable) {
    while (true) {
      EvictionCandidate victim = policy.victim(evictable);
      if (victim == null) {
        return null;
      }
      if (victim instanceof Entry entry && entry.tryHold()) {
        return entry;
      }
    }
  }

  private void serveFromIdle(Slot slot, long now, Todo todo) {
    while (slot.waiting() > slot.checking && handOverIdle(slot, now, todo)) {
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
    if (now - entry.lastHeardOf() >= TRUSTED_NANOS && entry.unlease()) {
      check(entry, true, now, todo);
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
    Backoff backoff = Objects.requireNonNull(slot.backoff);
    slot.prewarm = false;
    while (slot.waiting() > slot.loggingIn + slot.checking) {
      fail(
          Objects.requireNonNull(next(slot)),
          new Failure.Refused(slot.user(), backoff.cause()),
          todo);
    }
    stepOut(slot);
  }

  // Time

  /** Nobody is served until {@link #resumeServing}. */
  void suspend() {
    suspended = true;
    pressed = true;
  }

  void resumeServing(long now, Todo todo) {
    suspended = false;
    pressed = false;
    lookAtAll(now, todo);
  }

  boolean isSuspended() {
    return suspended;
  }

  /** Looks once more whether somebody who waits could be served, or is to have more. */
  void lookAtAll(long now, Todo todo) {
    for (Slot slot : List.copyOf(waitingUsers)) {
      settle(slot, now, todo);
    }
    warmUsers.forEach(slot -> settle(slot, now, todo));
  }

  /** Lets users try again whose logins had to pause, and the server bear more. */
  void resume(long now, Todo todo) {
    for (Slot slot : List.copyOf(paused)) {
      if (slot.pauseLeft(now) <= 0) {
        paused.remove(slot);
        settle(slot, now, todo);
        forgetIfGone(slot, now, todo);
      }
    }
    ServerLimit server = budget.server();
    if (server.tryMore(now) && !server.isLowered()) {
      todo.notes.add(
          () -> log.info("The server bears the whole budget again, as far as it is needed"));
    }
    settle(null, now, todo);
  }

  /** When {@link #resume} is due, in nanoseconds from now; the most if nobody is paused. */
  long untilResume(long now) {
    return Math.min(
        budget.server().untilChange(now),
        paused.stream().mapToLong(slot -> slot.pauseLeft(now)).min().orElse(Long.MAX_VALUE));
  }

  // What there is

  EvictionPolicy policy() {
    return policy;
  }

  ServerLimit server() {
    return budget.server();
  }

  int used() {
    return budget.used();
  }

  /** All connections but those that are being opened or closed. */
  List<Entry> entries() {
    return policy.open().stream().map(Entry.class::cast).toList();
  }

  Collection<Slot> all() {
    return slots.values();
  }

  int loggingIn() {
    return calls.loggingIn();
  }

  int usersWaiting() {
    return waitingUsers.size();
  }

  Counters counters() {
    return counters;
  }
}
