package dev.onbehalf.pool.internal.user;

import org.jspecify.annotations.Nullable;

/**
 * Users in the order in which they were made; whoever is forgotten leaves at once, wherever they
 * stand. The links are the users' own, so that a user costs eight bytes here and no search.
 *
 * <p>Guarded by the engine's lock.
 */
public final class UsersByAge {
  private @Nullable Slot oldest;
  private @Nullable Slot newest;

  /** Makes this one the newest. */
  public void add(Slot slot) {
    remove(slot);
    slot.older = newest;
    if (newest == null) {
      oldest = slot;
    } else {
      newest.newer = slot;
    }
    newest = slot;
  }

  public void remove(Slot slot) {
    Slot older = slot.older;
    Slot newer = slot.newer;
    if (older != null) {
      older.newer = newer;
    } else if (oldest == slot) {
      oldest = newer;
    }
    if (newer != null) {
      newer.older = older;
    } else if (newest == slot) {
      newest = older;
    }
    slot.older = null;
    slot.newer = null;
  }

  public @Nullable Slot oldest() {
    return oldest;
  }
}
