package dev.onbehalf.spring;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.pool.UserPool;
import org.jspecify.annotations.Nullable;

/**
 * Whose rights the queries of a thread have at this moment, and the one place that says so: a
 * thread-local, as Spring's own transactions are, which {@link ActingAccessor} carries to other
 * threads.
 *
 * <p>A person is carried, the service principal's rights are not: they belong to the {@link Block}
 * that was opened for them, and hold on its thread until it ends.
 *
 * <p>Whoever begins finds nothing open that is somebody else's, and what they leave open ends with
 * them: a thread is used again, for others.
 *
 * <p>What is bound holds at one database. At another, whose roles of the same names may be other
 * people, it is worth nobody; but of the filters of several databases, each binds at its own.
 *
 * @param person on whose behalf; null when nobody's
 * @param home the person's database
 * @param work which work this is, wherever it is carried to; null for nobody's
 * @param block where queries run as the service principal all the same; null for nowhere
 * @param elsewhere who is bound at other databases, by their filters; null for nobody
 * @param former whom this interrupts; null where it does not interrupt
 * @param interrupted what the former has open, until this work ends; null where this takes part in
 *     it
 * @param depth where on the thread's stack this was bound, for {@link CallbackCheck}
 */
@SuppressWarnings("ReferenceEquality") // one that is equal may stand within another
record Acting(
    @Nullable UserPool person,
    @Nullable OnBehalfDatabase home,
    @Nullable Object work,
    @Nullable Block block,
    @Nullable Acting elsewhere,
    @Nullable Acting former,
    @Nullable OpenWork interrupted,
    int depth) {
  static final Acting NOBODY = new Acting(null, null, null, null, null, null, OpenWork.NONE, 0);

  private static final ThreadLocal<Acting> CURRENT = new ThreadLocal<>();

  /**
   * A piece of work that runs as the service principal, from where it is opened to where it is
   * closed. What was captured within it is worth nothing on another thread, and nothing later.
   */
  static final class Block {
    private final OnBehalfDatabase database;
    private final Thread thread = Thread.currentThread();
    private volatile boolean open = true;

    private Block(OnBehalfDatabase database) {
      this.database = database;
    }

    boolean holdsHere() {
      return open && thread == Thread.currentThread();
    }
  }

  static Acting current() {
    Acting acting = CURRENT.get();
    return acting == null ? NOBODY : acting;
  }

  /**
   * Binds this to the thread, unless a transaction of somebody else is open, until {@link #resume}
   * of the former. One of another database is set aside.
   *
   * @throws IllegalStateException when such a transaction is open: it keeps its connection, and
   *     from its first query on runs everything as whoever ran that
   */
  void begin() {
    Acting former = current();
    boolean ofAnother = former.database() != null && former.database() != database();
    if (!ofAnother && !keeps(former) && OpenWork.isTransactionOpen()) {
      throw new IllegalStateException(
          "Within an open transaction, whose connection is that of %s, the work can't go on as %s."
                  .formatted(former, this)
              + " Change the user around the transaction, not within it.");
    }
    interrupt();
  }

  /**
   * Binds this to the thread in the midst of other work; {@link #resume} of the former ends it. In
   * what is open it takes part where both bind the same.
   */
  void interrupt() {
    boolean takesPart = bindsAsMuchAs(current()) && OpenWork.isAny();
    interrupt(takesPart ? null : OpenWork.setAside());
  }

  /**
   * As {@link #interrupt()}, for what was captured: a callback that somebody's thread happens to
   * run. It takes part in what its own work has open, not in another request's of the same person.
   */
  void takeUp() {
    Acting former = current();
    boolean takesPart = work == former.work && bindsAsMuchAs(former) && OpenWork.isAny();
    interrupt(takesPart ? null : OpenWork.setAside());
  }

  private void interrupt(@Nullable OpenWork interrupted) {
    boolean nobody = person == null && block == null;
    int depth = nobody ? 0 : CallbackCheck.depth();
    new Acting(person, home, work, blockHere(), elsewhere, current(), interrupted, depth).bind();
  }

  /**
   * Binds this again, with what it had open when it was {@linkplain #interrupt interrupted}. What
   * the work since then has left open is ended, as whoever's it was.
   */
  void resume() {
    OpenWork open = null;
    try {
      Acting last = endScopesWithin();
      boolean direct = last.former == this;
      open = direct ? last.interrupted : null;
      if (direct ? open != null : !bindsAsMuchAs(last)) {
        OpenWork.end(last);
      }
    } finally {
      bind();
      if (open != null) {
        open.putBack();
      }
    }
  }

  /**
   * As {@link #resume}, for whoever closes a scope. What this is not around any longer, or never
   * was on this thread, is other work, and goes on: the scope is closed too late, or in the wrong
   * place.
   */
  void restore() {
    if (current().isWithin(this)) {
      resume();
    }
  }

  /** Those that were opened in this work and never closed; many, perhaps, of one that forgets. */
  private Acting endScopesWithin() {
    Acting last = current();
    if (last.isWithin(this)) {
      while (last.former != null && last.former != this) {
        last.former.resume();
        last = current();
      }
    }
    return last;
  }

  private boolean isWithin(Acting other) {
    Acting around = former;
    while (around != null && around != other) {
      around = around.former;
    }
    return around != null;
  }

  /** Leaves nothing behind for nobody: threads are used again. */
  private void bind() {
    if (equals(NOBODY)) {
      CURRENT.remove();
    } else {
      CURRENT.set(this);
    }
  }

  /** Ends the block that this was made for; from then on it is worth its person. */
  void end() {
    if (block != null) {
      block.open = false;
    }
  }

  static Acting as(UserPool person, OnBehalfDatabase home) {
    return new Acting(person, home, new Object(), null, null, null, OpenWork.NONE, 0);
  }

  /** The same person's work, with the service principal's rights until it {@link #end ends}. */
  Acting asServicePrincipal(OnBehalfDatabase database) {
    return new Acting(person, home, work, new Block(database), elsewhere, null, OpenWork.NONE, 0);
  }

  /**
   * What a filter binds: this with {@code person} at its database, or nobody there. The people of
   * others stay; the service principal has no rights behind a filter.
   */
  Acting with(@Nullable UserPool person, OnBehalfDatabase home) {
    Acting others = without(home);
    if (person == null) {
      return others == null ? NOBODY : others;
    }
    Object same = work == null ? new Object() : work;
    return new Acting(person, home, same, null, others, null, OpenWork.NONE, 0);
  }

  private @Nullable Acting without(OnBehalfDatabase other) {
    if (home == null || servicePrincipal()) {
      return null;
    }
    Acting rest = elsewhere == null ? null : elsewhere.without(other);
    return home == other
        ? rest
        : new Acting(person, home, work, null, rest, null, OpenWork.NONE, 0);
  }

  /** What this is worth at a database. */
  Acting at(@Nullable OnBehalfDatabase database) {
    if (database() == database) {
      return this;
    }
    return elsewhere == null || servicePrincipal() ? NOBODY : elsewhere.at(database);
  }

  /** Whose work this is, for a database: of several people, the one who is bound there. */
  @Nullable UserPool personAt(OnBehalfDatabase database) {
    for (Acting acting = this; acting != null; acting = acting.elsewhere) {
      if (acting.home == database) {
        return acting.person;
      }
    }
    return person;
  }

  /** Where this is worth something; null for nobody. */
  @Nullable OnBehalfDatabase database() {
    Block here = blockHere();
    return here == null ? home : here.database;
  }

  /** Whether queries of this thread run as the person. */
  boolean isPerson() {
    return person != null && !servicePrincipal();
  }

  /** Whether queries of this thread run as the service principal. */
  boolean servicePrincipal() {
    return blockHere() != null;
  }

  private @Nullable Block blockHere() {
    return block != null && block.holdsHere() ? block : null;
  }

  /** Whether whoever the other binds is bound by this too. */
  boolean keeps(Acting other) {
    Acting there = other.database() == null ? this : at(other.database());
    Acting others = other.servicePrincipal() ? null : other.elsewhere;
    return there.isSame(other) && (others == null || keeps(others));
  }

  /** Whether both bind the same, at each database. */
  boolean bindsAsMuchAs(Acting other) {
    return keeps(other) && other.keeps(this);
  }

  private boolean isSame(Acting other) {
    return database() == other.database()
        && servicePrincipal() == other.servicePrincipal()
        && isFor(other.person);
  }

  boolean isFor(@Nullable UserPool other) {
    if (person == null || other == null) {
      return person == other;
    }
    return person.user().equals(other.user());
  }

  /** For whom a connection of that role is: for whose it is, or whose work this is there. */
  @Nullable UserPool personOf(String role) {
    for (Acting acting = this; acting != null; acting = acting.elsewhere) {
      if (acting.person != null && acting.person.user().equals(role)) {
        return acting.person;
      }
    }
    return worker();
  }

  /** Whose work this is, where it is worth something; null for nobody. */
  @Nullable UserPool worker() {
    OnBehalfDatabase database = database();
    return database == null ? person : personAt(database);
  }

  @Override
  public String toString() {
    if (servicePrincipal()) {
      return "the service principal";
    }
    return person == null ? "nobody" : person.user();
  }
}
