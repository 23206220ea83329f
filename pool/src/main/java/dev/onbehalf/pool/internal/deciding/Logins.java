package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.deciding.Call.LoggingIn;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Slot;

/**
 * Which logins may begin, and how long they take. Guarded by the engine's lock, except {@link
 * #patience()}.
 */
public final class Logins {
  /** What a login is taken to last before there was one. */
  private static final long FIRST_GUESS_NANOS = 20_000_000;

  private final Settings settings;
  private final Calls calls;
  private final Budget budget;
  private final Connections connections;

  /** How many logins were ordered: the number of the latest connection. */
  private long numbers;

  private volatile long usualNanos = FIRST_GUESS_NANOS;

  Logins(Settings settings, Calls calls, Budget budget, Connections connections) {
    this.settings = settings;
    this.calls = calls;
    this.budget = budget;
    this.connections = connections;
  }

  /** Whether nothing of a user's own keeps them from one more login. */
  boolean mayHaveMore(Slot slot, long now) {
    return slot.open() < slot.maxConnections(settings)
        && slot.loggingIn() < shareOfOne()
        && !slot.isPaused(now)
        && !calls.tooManyHangOf(slot);
  }

  /** Nobody's hanging logins are all logins, however few may be made at present. */
  private int shareOfOne() {
    int share = Math.min(settings.maxLoginsInFlight() / 4, calls.maxLoggingIn() - 1);
    return Math.max(1, share);
  }

  /** Whether nothing of the others' keeps anybody from one more. */
  boolean mayBegin(long now) {
    return calls.mayLogIn() && !budget.server().isPaused(now);
  }

  /** In a free place. */
  void begin(Slot slot, Secret credential, long now, Todo todo) {
    calls.begin(login(slot, credential, false, now), now, todo);
    slot.loginBegun();
    budget.take(slot);
  }

  /** In the place of another user's connection, which is HELD and is closed first. */
  void beginInPlaceOf(Entry victim, Slot slot, Secret credential, long now, Todo todo) {
    connections.evict(victim, login(slot, credential, true, now), now, todo);
    slot.loginBegun();
    budget.promise(victim.slot(), slot);
  }

  private LoggingIn login(Slot slot, Secret credential, boolean inOthersPlace, long now) {
    return new LoggingIn(
        slot, ++numbers, credential, !slot.allowRlsBypass(settings), inOthersPlace, now);
  }

  /** One has succeeded in that time. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock only
  void took(long nanos) {
    usualNanos += (nanos - usualNanos) / 8;
  }

  /** How long a caller waits for a connection of their own before insisting; without the lock. */
  public long patience() {
    return Math.min(usualNanos, settings.connectionTimeout().toNanos() / 4);
  }
}
