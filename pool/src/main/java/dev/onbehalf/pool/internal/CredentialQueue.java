package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.internal.Call.Asking;
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
    if (!slot.asking && slot.credential == null) {
      queue.add(slot);
    }
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
        slot.asking = true;
        calls.begin(new Asking(slot), now, todo);
      }
    }
  }
}
