package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.UserPool;
import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.internal.UserName;
import dev.onbehalf.pool.internal.deciding.Parts;
import dev.onbehalf.pool.internal.deciding.Todo;
import dev.onbehalf.pool.internal.deciding.UserChanges;
import dev.onbehalf.pool.internal.deciding.Users;
import dev.onbehalf.pool.internal.user.Failure;
import dev.onbehalf.pool.internal.user.Slot;
import dev.onbehalf.pool.internal.work.Chores;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The users' pools: found without the lock, made and changed under it. Thread-safe. */
public final class Pools {
  private final Parts parts;
  private final Users users;
  private final UserChanges changes;
  private final Chores chores;
  private final LongSupplier ticker;
  private final Function<Slot, UserPool> handles;

  Pools(Parts parts, Chores chores, LongSupplier ticker, Function<Slot, UserPool> handles) {
    this.parts = parts;
    this.users = parts.users();
    this.changes = parts.changes();
    this.chores = chores;
    this.ticker = ticker;
    this.handles = handles;
  }

  /** The user's pool; made if there is none. */
  public UserPool get(String user) {
    Slot slot = users.slots().get(UserName.requireGiven(user));
    return slot == null ? slotOf(user, null).handle() : slot.handle();
  }

  /** The user's pool, with overrides from now on. */
  public UserPool get(String user, UserPoolOverrides overrides) {
    Slot slot = users.slots().get(UserName.requireGiven(user));
    return slot == null || !overrides.equals(slot.overrides())
        ? slotOf(user, overrides).handle()
        : slot.handle();
  }

  private Slot slotOf(String user, @Nullable UserPoolOverrides overrides) {
    UserName.require(user);
    AtomicReference<Slot> found = new AtomicReference<>();
    AtomicReference<RuntimeException> refusal = new AtomicReference<>();
    chores.decide(
        todo -> {
          if (parts.decisions().isClosed()) {
            refusal.set(new IllegalStateException("The pool manager is closed"));
            return;
          }
          Slot known = users.slots().get(user);
          Slot slot = known == null ? users.add(new Slot(user, handles), now(), todo) : known;
          found.set(slot);
          if (overrides != null) {
            users
                .refusalOf(overrides, slot)
                .map(IllegalArgumentException::new)
                .ifPresentOrElse(
                    refusal::set, () -> changes.override(slot, overrides, now(), todo));
          }
        });
    if (refusal.get() != null) {
      throw refusal.get();
    }
    return Objects.requireNonNull(found.get());
  }

  /** Whether the user is known. */
  public boolean has(String user) {
    return users.slots().containsKey(user);
  }

  /** How many users are known. */
  public int size() {
    return users.slots().size();
  }

  /** Closes the user's connections and forgets the user. */
  public void close(String user) {
    Failure why = new Failure.Closed("The pool of \"" + user + "\"");
    change(user, (slot, todo) -> changes.closePool(slot, why, now(), todo));
  }

  /** Has new connections take the place of the user's. */
  public void evict(String user) {
    change(user, (slot, todo) -> changes.evict(slot, now(), todo));
  }

  /** Has new connections take the place of all. */
  public void evictAll() {
    chores.decide(todo -> users.all().forEach(slot -> changes.evict(slot, now(), todo)));
  }

  /** Ends the user's back-off. */
  public void credentialRenewed(String user) {
    change(user, (slot, todo) -> changes.credentialRenewed(slot, now(), todo));
  }

  /** Nothing, for who isn't known. */
  private void change(String user, BiConsumer<Slot, Todo> change) {
    UserName.requireGiven(user);
    chores.decide(
        todo -> {
          Slot slot = users.slots().get(user);
          if (slot != null) {
            change.accept(slot, todo);
          }
        });
  }

  private long now() {
    return ticker.getAsLong();
  }
}
