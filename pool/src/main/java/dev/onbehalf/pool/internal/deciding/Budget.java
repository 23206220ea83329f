package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.internal.user.Slot;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The places for physical connections, over all users. A place is in use from before a login until
 * after its connection's closing, so that the budget holds at every instant. An evicted connection
 * hands its place on to the login that it was evicted for.
 *
 * <p>It can be moved while connections are open. Then more places than it has may be in use for a
 * while, but none is taken: what is idle is given back at once, what is in use when it comes back.
 *
 * <p>Guarded by the engine's lock.
 */
public final class Budget {
  private final ServerLimit server;
  private int used;
  private int unusedReserves;

  Budget(int maximum) {
    this.server = new ServerLimit(maximum);
  }

  public ServerLimit server() {
    return server;
  }

  public int used() {
    return used;
  }

  /** How many there may be. */
  public int maximum() {
    return server.budget();
  }

  /** Changes how many there may be. */
  void move(int maximum) {
    server.move(maximum);
  }

  /** How many more are in use than there may be, or than the server bears. */
  int excess() {
    return Math.max(0, used - server.limit());
  }

  /** Whether any place is free, reserved or not. */
  boolean hasRoom() {
    return used < server.limit();
  }

  /** Whether a place is free that this user may take. */
  boolean hasPlaceFor(Slot slot) {
    return hasRoom() && (slot.unusedReserve() > 0 || used + unusedReserves < server.limit());
  }

  boolean hasUnusedReserves() {
    return unusedReserves > 0;
  }

  void take(Slot slot) {
    used++;
    change(slot, Slot::takePlace);
  }

  void free(Slot slot) {
    used--;
    change(slot, Slot::freePlace);
  }

  /** The place of a connection that is about to be closed goes to another user's login. */
  void promise(Slot from, Slot to) {
    from.promisePlace(); // it could spare one, so its unused reserve stays as it is
    change(to, Slot::takePlace);
  }

  /** That connection is closed. */
  void handOver(Slot from) {
    from.handOverPlace();
  }

  /** Changes what a user has otherwise. */
  void override(Slot slot, @Nullable UserPoolOverrides overrides) {
    change(slot, it -> it.override(overrides));
  }

  /**
   * Counts anew.
   *
   * @param users all who may have a place
   * @param places how many there are in use
   */
  void recount(Iterable<Slot> users, int places) {
    used = places;
    unusedReserves = 0;
    users.forEach(slot -> unusedReserves += slot.unusedReserve());
  }

  private void change(Slot slot, Consumer<Slot> change) {
    unusedReserves -= slot.unusedReserve();
    change.accept(slot);
    unusedReserves += slot.unusedReserve();
  }

  /** The server refused a login, whose place is free again. */
  void refusedByServer(SQLException cause, long reserves, long now) {
    int least = (int) Math.min(maximum(), reserves + 1);
    server.refused(cause, used, least, now);
  }
}
