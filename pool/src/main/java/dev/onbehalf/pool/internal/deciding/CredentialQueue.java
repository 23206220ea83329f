package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.internal.deciding.Call.Asking;
import dev.onbehalf.pool.internal.user.Slot;
import java.util.LinkedHashSet;

/**
 * Users whose credential is to be asked for, in the order in which they came. It is at hand before
 * anybody's connection is closed for a login: asking may take long, and may be in vain.
 *
 * <p>Guarded by the engine's lock.
 */
final class CredentialQueue {
  private final Calls calls;
  private final LinkedHashSet<Slot> queue = new LinkedHashSet<>();

  CredentialQueue(Calls calls) {
    this.calls = calls;
  }

  void add(Slot slot) {
    if (slot.lacksCredential()) {
      queue.add(slot);
    }
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  void remove(Slot slot) {
    queue.remove(slot);
  }

  /** Asks for as many as may be asked for at once. */
  void ask(long now, Todo todo) {
    while (!queue.isEmpty() && calls.mayAsk()) {
      Slot slot = queue.iterator().next();
      queue.remove(slot);
      if (slot.wantsLogin()) {
        slot.askedForCredential();
        calls.begin(new Asking(slot), now, todo);
      }
    }
  }
}
