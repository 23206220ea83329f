package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.deciding.Parts;
import dev.onbehalf.pool.internal.deciding.Todo;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Slot;
import dev.onbehalf.pool.internal.user.Waiter;
import dev.onbehalf.pool.internal.work.Chores;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The slow way to a connection. A caller joins the queue of their user, waits as long as a login
 * takes, then insists on one, and gives up when the time is over.
 */
final class Queueing {
  private final Settings settings;
  private final Parts parts;
  private final Chores chores;
  private final LongSupplier ticker;
  private final Refusals refusals;
  private final Holders holders = new Holders();

  Queueing(
      Settings settings, Parts parts, Chores chores, LongSupplier ticker, Statistics statistics) {
    this.settings = settings;
    this.parts = parts;
    this.chores = chores;
    this.ticker = ticker;
    this.refusals = new Refusals(statistics, parts.budget(), parts.calls());
  }

  /** A caller's place in the queue of a user. */
  record Place(Slot slot, Waiter waiter) {}

  /** What a caller has leased, and what has to be looked at before it is used. */
  static final class Stale {
    /** Null when there is none, or it is put back; a field, for whose stack has run out. */
    @Nullable Entry entry;

    Stale(@Nullable Entry entry) {
      this.entry = entry;
    }
  }

  /**
   * Waits for a connection, which is then leased to the caller.
   *
   * @param stale what the caller leased; put back in any case
   * @param deadline as {@link System#nanoTime} counts
   */
  Entry await(Handle handle, Stale stale, long deadline, Duration timeout) throws SQLException {
    Waiter waiter = new Waiter();
    try {
      Waiter.Outcome outcome = await(enqueue(handle, stale, waiter), deadline, timeout);
      if (outcome instanceof Waiter.Served served) {
        served.entry().taken();
        return served.entry();
      }
      throw ((Waiter.Failed) outcome).failure().exception();
    } catch (RuntimeException | Error e) { // one write, for whoever can't do more
      waiter.abandon();
      throw e;
    }
  }

  Place enqueue(Handle handle) throws SQLException {
    return enqueue(handle, new Stale(null), new Waiter());
  }

  private Place enqueue(Handle handle, Stale stale, Waiter waiter) throws SQLException {
    AtomicReference<Place> place = new AtomicReference<>();
    AtomicReference<Supplier<SQLException>> refusal = new AtomicReference<>();
    chores.decide(
        todo -> {
          boolean hadOne = putBack(stale, todo);
          if (parts.decisions().isClosed()) {
            refusal.set(() -> Refusals.managerClosed().exception());
            return;
          }
          Slot slot = handle.current(parts.users(), now(), todo);
          if (hadOne || slot.mayWait(settings)) { // it is there for whoever waits
            parts.dispatcher().enqueue(slot, waiter, now(), todo);
            place.set(new Place(slot, waiter));
          } else {
            parts.counters().timedOut();
            refusal.set(refusals.tooManyWait(slot));
          }
        });
    if (refusal.get() != null) {
      throw refusal.get().get();
    }
    return Objects.requireNonNull(place.get());
  }

  /** It is looked at when it is handed to a caller; true if it can be. */
  private boolean putBack(Stale stale, Todo todo) {
    Entry entry = stale.entry;
    boolean held = entry != null && entry.unlease();
    stale.entry = null;
    if (entry == null || !held) {
      return false;
    }
    boolean fit = entry.isFit(now());
    if (fit) {
      entry.release();
    } else {
      parts.connections().close(entry, now(), todo);
    }
    return fit;
  }

  private Waiter.Outcome await(Place place, long deadline, Duration timeout) throws SQLException {
    try {
      long patience = Math.min(parts.logins().patience(), deadline - System.nanoTime());
      Waiter.Outcome outcome = place.waiter().await(System.nanoTime() + patience);
      if (outcome == null && mayWait(deadline)) {
        insist(place);
        outcome = place.waiter().await(deadline);
      }
      return outcome == null ? giveUp(place, timeout) : outcome;
    } catch (Error e) { // nobody will look at the outcome
      withdraw(place);
      throw e;
    }
  }

  private static boolean mayWait(long deadline) {
    return deadline - System.nanoTime() > 0 && !Thread.currentThread().isInterrupted();
  }

  private void withdraw(Place place) {
    chores.decide(todo -> parts.dispatcher().giveUp(place.slot(), place.waiter(), now(), todo));
    if (place.waiter().outcome() instanceof Waiter.Served served) {
      served.entry().putBack(served.entry().leases());
    }
  }

  /** A caller has waited as long as a login takes, and would now rather have one. */
  void insist(Place place) {
    chores.decide(todo -> parts.dispatcher().insist(place.slot(), place.waiter(), now(), todo));
  }

  /** Leaves the queue; what the caller was given in the last moment counts. */
  Waiter.Outcome giveUp(Place place, Duration timeout) throws SQLException {
    Slot slot = place.slot();
    boolean interrupted = Thread.currentThread().isInterrupted();
    AtomicReference<Supplier<SQLException>> refusal = new AtomicReference<>();
    chores.decide(
        todo -> {
          Supplier<SQLException> timedOut = refusals.timedOut(slot, timeout);
          if (parts.dispatcher().giveUp(slot, place.waiter(), now(), todo)) {
            refusal.set(interrupted ? Refusals.interrupted(slot) : timedOut);
            if (!interrupted) {
              parts.counters().timedOut();
              holders.tell(() -> parts.connections().all(), now(), todo);
            }
          }
        });
    if (refusal.get() != null) {
      throw refusal.get().get();
    }
    return Objects.requireNonNull(place.waiter().outcome());
  }

  private long now() {
    return ticker.getAsLong();
  }
}
