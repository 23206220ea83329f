package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.internal.PoolLog;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.user.Slot;
import dev.onbehalf.pool.internal.user.UsersByAge;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The users who are known, and those of them whom time concerns. Guarded by the engine's lock, save
 * for look-ups by name.
 */
public final class Users {
  private static final Logger log = PoolLog.LOG;
  private static final int FORGOTTEN_AT_ONCE = 10_000;

  private final Settings settings;
  private final Budget budget;
  private final ConcurrentHashMap<String, Slot> slots = new ConcurrentHashMap<>();
  private final LinkedHashSet<Slot> paused = new LinkedHashSet<>();
  private final LinkedHashSet<Slot> warm = new LinkedHashSet<>();
  private final LinkedHashSet<Slot> reserved = new LinkedHashSet<>();

  /** Those who may never have connected. */
  private final UsersByAge unused = new UsersByAge();

  Users(Settings settings, Budget budget) {
    this.settings = settings;
    this.budget = budget;
  }

  /** By name; may be read without the lock. */
  public Map<String, Slot> slots() {
    return slots;
  }

  public Collection<Slot> all() {
    return slots.values();
  }

  public Slot add(Slot slot, long now, Todo todo) {
    slots.put(slot.user(), slot);
    slot.becomeKnown();
    remember(slot, now);
    note(slot, "made", todo);
    return slot;
  }

  /** Whoever can be found is known, and is forgotten one day; what they have otherwise, too. */
  void recount(long now) {
    for (Slot slot : slots.values()) {
      sortIn(slot);
      if (!slot.isKnown()) {
        slot.becomeKnown();
        remember(slot, now);
      }
    }
  }

  /** Forgets a user who has nothing left to remember. */
  void forgetIfGone(Slot slot, long now, Todo todo) {
    if (!slot.isKnown() || !slot.isGone(now)) {
      return;
    }
    slots.remove(slot.user(), slot);
    slot.forget();
    paused.remove(slot);
    unused.remove(slot);
    note(slot, "gone", todo);
  }

  /** Is to be forgotten, unless there is something to remember by then. */
  void remember(Slot slot, long now) {
    slot.rememberSince(now);
    unused.add(slot);
  }

  /** Forgets users who were asked for at some time before, and never connected. */
  void forgetUnused(long before, long now, Todo todo) {
    for (int i = 0; i < FORGOTTEN_AT_ONCE; i++) { // the lock is not held for long
      Slot oldest = unused.oldest();
      if (oldest == null || oldest.rememberedSince() - before > 0) {
        return;
      }
      unused.remove(oldest); // who has something now is forgotten when they have nothing left
      forgetIfGone(oldest, now, todo);
    }
  }

  private void note(Slot slot, String change, Todo todo) {
    int users = slots.size();
    int connections = budget.used();
    todo.notes()
        .add(
            () ->
                log.debug(
                    "Pool of \"{}\" {}: {} users, {} connections",
                    slot.user(),
                    change,
                    users,
                    connections));
  }

  /** Why a user can't have that otherwise: all reserves together would exceed the budget. */
  public Optional<String> refusalOf(UserPoolOverrides overrides, Slot slot) {
    int reserve = overrides.reserve();
    long reserves = reserves() - slot.reserve() + reserve;
    return reserves <= settings.maxConnections()
        ? Optional.empty()
        : Optional.of(
            "reserve %s for \"%s\": all reserves together would be %s, over maxConnections %s"
                .formatted(reserve, slot.user(), reserves, settings.maxConnections()));
  }

  /** Changes what a user has otherwise. */
  void override(Slot slot, @Nullable UserPoolOverrides overrides) {
    budget.override(slot, overrides);
    sortIn(slot);
  }

  private void sortIn(Slot slot) {
    sortIn(slot, slot.warm(), warm);
    sortIn(slot, slot.reserve(), reserved);
  }

  private static void sortIn(Slot slot, int connections, Set<Slot> who) {
    if (connections > 0) {
      who.add(slot);
    } else {
      who.remove(slot);
    }
  }

  long reserves() {
    return reserved.stream().mapToLong(Slot::reserve).sum();
  }

  /** Who has a reserve. */
  Collection<Slot> reserved() {
    return reserved;
  }

  /** Who has warm connections. */
  Collection<Slot> warm() {
    return warm;
  }

  /** A user's logins wait for {@link Slot#pauseLeft}. */
  void pause(Slot slot) {
    paused.add(slot);
  }

  /** Some of those whose logins wait, at most so many. */
  public List<Slot> paused(int most) {
    return paused.stream().limit(most).toList();
  }

  /** Those whose pause is over. */
  List<Slot> takeResumed(long now) {
    List<Slot> resumed = paused.stream().filter(slot -> slot.pauseLeft(now) <= 0).toList();
    resumed.forEach(paused::remove);
    return resumed;
  }

  /** When the next pause is over, in nanoseconds from now; the most if nobody is paused. */
  long untilResumed(long now) {
    return paused.stream().mapToLong(slot -> slot.pauseLeft(now)).min().orElse(Long.MAX_VALUE);
  }
}
