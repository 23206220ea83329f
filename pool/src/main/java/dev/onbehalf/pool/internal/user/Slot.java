package dev.onbehalf.pool.internal.user;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPool;
import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.login.Backoff;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One user: their connections, their waiting callers, and what is known of their logins.
 *
 * <p>Guarded by the engine's lock, except for what borrowers do with the connections ({@link
 * OwnEntries}), and where a field says otherwise.
 */
public final class Slot extends OwnEntries {
  private final String user;

  /** How often this pool was closed: entries of an earlier epoch end. Written under the lock. */
  private volatile int epoch;

  /** What callers hold, made once. */
  private final UserPool handle;

  private @Nullable LinkedHashSet<Waiter> waiters;

  /** How many wait. Written under the lock. */
  private volatile int waiting;

  /** How many of them insist. */
  private int insisting;

  /** Written under the lock. */
  private volatile @Nullable UserPoolOverrides overrides;

  private int open;

  /** How many of them were evicted: they are still being closed, their places are others'. */
  private int leaving;

  /** Logins under way for this pool as it is; those from before it was closed serve nobody. */
  private int loggingIn;

  private int checking;

  /** With what the next login is made, once it has been asked for; kept while one is wanted. */
  private @Nullable Secret credential;

  /** Whether the credential is being asked for. */
  private boolean asking;

  /** Whether somebody is about to ask for the first connection. */
  private boolean prewarm;

  /** Failed logins since the last successful one. */
  private @Nullable Backoff backoff;

  private boolean known;

  /** When it was last of use to somebody who had not connected. */
  private long rememberedSince;

  /** The neighbours in {@link UsersByAge}. */
  @Nullable Slot older;

  @Nullable Slot newer;

  /**
   * Of a user who has nothing yet.
   *
   * @param handle makes what callers hold
   */
  public Slot(String user, Function<Slot, UserPool> handle) {
    this.user = user;
    this.handle = handle.apply(this);
  }

  public String user() {
    return user;
  }

  public UserPool handle() {
    return handle;
  }

  public int epoch() {
    return epoch;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock only
  public void nextEpoch() {
    epoch++;
    loggingIn = 0;
    asking = false;
    credential = null;
  }

  /** Before all that is counted of connections and calls is counted anew; callers are, at once. */
  public void startRecount() {
    open = 0;
    leaving = 0;
    loggingIn = 0;
    checking = 0;
    asking = false;
    waiting = waiters == null ? 0 : waiters.size();
    insisting =
        waiters == null ? 0 : (int) waiters.stream().filter(waiter -> waiter.insists).count();
  }

  // Waiting callers, the first come first

  public void enqueue(Waiter waiter) {
    LinkedHashSet<Waiter> all = waiters == null ? new LinkedHashSet<>(2) : waiters;
    all.add(waiter); // memory may run out here, and an empty set means that somebody waits
    waiters = all;
    waiting = all.size();
  }

  /** False if the waiter was served already. */
  public boolean dequeue(Waiter waiter) {
    if (waiters == null || !waiters.remove(waiter)) {
      return false;
    }
    if (waiter.insists) {
      insisting--;
    }
    waiting = waiters.size();
    if (waiting == 0) {
      waiters = null; // a set costs more than the rest of a user
    }
    return true;
  }

  public @Nullable Waiter nextWaiter() {
    if (waiters == null) {
      return null;
    }
    Waiter first = waiters.iterator().next();
    dequeue(first);
    return first;
  }

  /** Since when the first has waited; now, where nobody does. */
  public long waitsSince(long now) {
    return waiters == null ? now : waiters.iterator().next().since();
  }

  /** False if the waiter was served already. */
  public boolean insist(Waiter waiter) {
    if (waiters == null || !waiters.contains(waiter)) {
      return false;
    }
    if (!waiter.insists) {
      waiter.insists = true;
      insisting++;
    }
    return true;
  }

  /** May be read without the lock. */
  public int waiting() {
    return waiting;
  }

  /**
   * Whether more callers wait than logins and checks are under way for them. Who has waited longer
   * than a login takes does not count on a check any more.
   */
  public boolean wantsLogin() {
    return waiting > loggingIn + checking || insisting > loggingIn || isToBeWarmed();
  }

  /** Whether a login is to be made before anybody asks. */
  private boolean isToBeWarmed() {
    return open < warm() || (prewarm && open == 0);
  }

  /** How many connections are kept though nobody uses them. */
  public int warm() {
    UserPoolOverrides own = overrides;
    return own == null ? 0 : own.warm();
  }

  /**
   * Whether another user's connection may be closed for the next login: this user has no place at
   * all, or more callers insist than logins are under way for them.
   */
  public boolean mayEvict() {
    return open == 0 || insisting > loggingIn;
  }

  // Places

  /** Physical connections, counting those being opened or closed. */
  public int open() {
    return open;
  }

  /** A place is taken for a login. */
  public void takePlace() {
    open++;
  }

  /** A connection is closed, or a login has come to nothing. */
  public void freePlace() {
    open--;
  }

  /** A connection is to be closed whose place is another user's from now on. */
  public void promisePlace() {
    leaving++;
  }

  /** That connection is closed. */
  public void handOverPlace() {
    leaving--;
    open--;
  }

  /** The places that stay this user's. */
  public int places() {
    return open - leaving;
  }

  // Logins and checks under way

  public int loggingIn() {
    return loggingIn;
  }

  public void loginBegun() {
    loggingIn++;
    prewarm = false;
  }

  /** A login that was begun in that epoch has ended; one of an earlier pool counts no more. */
  public void loginEnded(int begunIn) {
    if (begunIn == epoch) {
      loggingIn--;
    }
  }

  /** How many idle connections are being checked for callers. */
  public int checking() {
    return checking;
  }

  public void checkBegun() {
    checking++;
  }

  public void checkEnded() {
    checking--;
  }

  /** Somebody is about to ask: the first connection is to be opened before they do. */
  public void prewarm() {
    prewarm = open == 0;
  }

  /** That can't be. */
  public void endPrewarming() {
    prewarm = false;
  }

  // The credential of the next login

  public @Nullable Secret credential() {
    return credential;
  }

  /** Whether it has to be asked for, and isn't yet. */
  public boolean lacksCredential() {
    return !asking && credential == null;
  }

  public boolean isAsking() {
    return asking;
  }

  public void askedForCredential() {
    asking = true;
  }

  /** The provider has answered; what is not wanted any more is not kept. */
  public void answered(Secret value) {
    asking = false;
    if (wantsLogin()) {
      credential = value;
    }
  }

  public void askedInVain() {
    asking = false;
  }

  public void dropCredential() {
    credential = null;
  }

  // Pauses

  /** A login was refused: the next one waits. */
  public void refused(SQLException cause, long now) {
    backoff = Backoff.after(backoff, cause, now);
  }

  /** A login succeeded, or what was refused counts no more. */
  public void endPause() {
    backoff = null;
  }

  /** Nanoseconds until logins may be tried again, after failed ones; 0 or less if they may. */
  public long pauseLeft(long now) {
    return backoff == null ? 0 : backoff.until() - now;
  }

  public boolean isPaused(long now) {
    return backoff != null && backoff.isActive(now);
  }

  /** Whether a login was refused a moment ago, and no connection is left to wait for. */
  public boolean isRefused(long now) {
    return isPaused(now) && entries().length == 0;
  }

  /** Why the last login failed, unless one has succeeded since. */
  public @Nullable SQLException loginFailure() {
    return backoff == null ? null : backoff.cause();
  }

  // Limits

  public @Nullable UserPoolOverrides overrides() {
    return overrides;
  }

  public void override(@Nullable UserPoolOverrides value) {
    overrides = value;
  }

  public int maxConnections(Settings settings) {
    UserPoolOverrides own = overrides;
    return own == null ? settings.maxConnectionsPerUser() : own.maxConnections();
  }

  /** Whether one more caller may wait. */
  public boolean mayWait(Settings settings) {
    return waiting < settings.maxWaitersPerUser() || overrides != null;
  }

  public int reserve() {
    UserPoolOverrides own = overrides;
    return own == null ? 0 : own.reserve();
  }

  public boolean allowRlsBypass(Settings settings) {
    UserPoolOverrides own = overrides;
    return settings.allowRlsBypass() || (own != null && own.allowRlsBypass());
  }

  /** How much of the reserve isn't in use. */
  public int unusedReserve() {
    return Math.max(0, reserve() - places());
  }

  /** Whether another user may have a place of this one's. */
  boolean canSpareOne() {
    return places() > reserve();
  }

  // What is remembered

  /** Whether the user's name leads to this slot. */
  public boolean isKnown() {
    return known;
  }

  public void becomeKnown() {
    known = true;
  }

  /** Whether there is nothing to remember. */
  public boolean isGone(long now) {
    return open == 0 && waiting == 0 && overrides == null && !isPaused(now);
  }

  /** Who is remembered again later has nothing of what was asked for before. */
  public void forget() {
    known = false;
    prewarm = false;
    backoff = null;
    nextEpoch();
  }

  public void rememberSince(long now) {
    rememberedSince = now;
  }

  public long rememberedSince() {
    return rememberedSince;
  }
}
