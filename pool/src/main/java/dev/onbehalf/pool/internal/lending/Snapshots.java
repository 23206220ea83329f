package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.PoolSnapshot;
import dev.onbehalf.pool.PoolSnapshot.BackOff;
import dev.onbehalf.pool.PoolSnapshot.Place;
import dev.onbehalf.pool.PoolSnapshot.State;
import dev.onbehalf.pool.PoolSnapshot.Waiting;
import dev.onbehalf.pool.internal.deciding.Call;
import dev.onbehalf.pool.internal.deciding.Call.Closing;
import dev.onbehalf.pool.internal.deciding.Call.LoggingIn;
import dev.onbehalf.pool.internal.deciding.Parts;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Slot;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Tells who holds what and who waits for what, at one moment. Under the lock it looks at
 * connections and calls, of which there are few, and at a bounded number of users, of whom there
 * may be many.
 */
final class Snapshots {
  private final Parts parts;
  private final Statistics statistics;
  private final LongSupplier ticker;

  Snapshots(Parts parts, Statistics statistics, LongSupplier ticker) {
    this.parts = parts;
    this.statistics = statistics;
    this.ticker = ticker;
  }

  PoolSnapshot take() {
    List<Place> places = new ArrayList<>();
    PoolSnapshot now = parts.decisions().look(() -> takeNow(places));
    places.sort(Comparator.comparingLong(Place::connection)); // here, for nobody waits for it
    return new PoolSnapshot(now.totals(), places, now.waiting(), now.evictions(), now.backOffs());
  }

  /** Under the lock; the places come in no order. */
  private PoolSnapshot takeNow(List<Place> places) {
    long now = ticker.getAsLong();
    for (Entry entry : parts.connections().all()) {
      if (places.size() < PoolSnapshot.MOST_PLACES) {
        places.add(place(entry, now));
      }
    }
    for (Call call : parts.calls().ordered()) {
      if (places.size() >= PoolSnapshot.MOST_PLACES) {
        break;
      }
      if (call instanceof LoggingIn login) {
        places.add(of(login.number(), login.slot(), State.LOGGING_IN, now - login.since()));
      } else if (call instanceof Closing closing) {
        places.add(of(closing.number(), closing.slot(), State.CLOSING, now - closing.since()));
      }
    }
    return new PoolSnapshot(
        statistics.ofAllNow(),
        List.of(),
        parts.callers().first(PoolSnapshot.MOST_USERS).stream()
            .map(slot -> waiting(slot, now))
            .toList(),
        parts.evictions().latest(now),
        parts.users().paused(PoolSnapshot.MOST_USERS).stream()
            .map(slot -> backOff(slot, now))
            .toList());
  }

  private static Place place(Entry entry, long now) {
    State state = state(entry);
    long since =
        switch (state) {
          // Between the lease and its beginning, the latter is that of a former one.
          case LENT ->
              entry.leasedAt() - entry.lastUsed() > 0 ? entry.leasedAt() : entry.lastUsed();
          case IDLE -> entry.lastUsed();
          default -> now;
        };
    return new Place(entry.number(), entry.user(), state, duration(now - since), entry.uses());
  }

  private static State state(Entry entry) {
    if (entry.isIdle()) {
      return State.IDLE;
    }
    return entry.isHeld() ? State.CHECKED : State.LENT;
  }

  private static Place of(long number, Slot slot, State state, long nanos) {
    return new Place(number, slot.user(), state, duration(nanos), 0);
  }

  private Waiting waiting(Slot slot, long now) {
    return new Waiting(
        slot.user(),
        slot.waiting(),
        parts.dispatcher().awaitedBy(slot),
        duration(now - slot.waitsSince(now)));
  }

  private static BackOff backOff(Slot slot, long now) {
    SQLException cause = slot.loginFailure();
    String state = cause == null ? null : cause.getSQLState();
    return new BackOff(slot.user(), state == null ? "" : state, duration(slot.pauseLeft(now)));
  }

  private static Duration duration(long nanos) {
    return Duration.ofNanos(Math.max(0, nanos));
  }
}
