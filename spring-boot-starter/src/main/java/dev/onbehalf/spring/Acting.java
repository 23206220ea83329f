package dev.onbehalf.spring;

import dev.onbehalf.pool.UserPool;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Whose rights the queries of a thread have at this moment, and the one place that says so: a
 * thread-local, as Spring's own transactions are, which {@link ActingAccessor} carries to other
 * threads.
 *
 * <p>A person is carried, the service principal's rights are not: they belong to the {@link Block}
 * that was opened for them, and hold on its thread until it ends.
 *
 * @param person on whose behalf; null when nobody's
 * @param block where queries run as the service principal all the same; null for nowhere
 */
record Acting(@Nullable UserPool person, @Nullable Block block) {
  static final Acting NOBODY = new Acting(null, null);

  private static final ThreadLocal<Acting> CURRENT = new ThreadLocal<>();

  /**
   * A piece of work that runs as the service principal, from where it is opened to where it is
   * closed. What was captured within it is worth nothing on another thread, and nothing later.
   */
  static final class Block {
    private final Thread thread = Thread.currentThread();
    private volatile boolean open = true;

    boolean holdsHere() {
      return open && thread == Thread.currentThread();
    }
  }

  static Acting current() {
    Acting acting = CURRENT.get();
    return acting == null ? NOBODY : acting;
  }

  /**
   * Binds this to the thread, unless a transaction of somebody else is open. A transaction keeps
   * its connection, and so does the scope of one that has none ({@code SUPPORTS}, {@code
   * NOT_SUPPORTED}): from its first query on it runs everything as whoever ran that.
   *
   * @throws IllegalStateException when such a transaction is open
   */
  void begin() {
    Acting former = current();
    boolean open =
        TransactionSynchronizationManager.isActualTransactionActive()
            || TransactionSynchronizationManager.isSynchronizationActive();
    if (open && !isSame(former)) {
      throw new IllegalStateException(
          "Within an open transaction, whose connection is that of %s, the work can't go on as %s."
                  .formatted(former, this)
              + " Change the user around the transaction, not within it.");
    }
    bind();
  }

  /** Binds this to the thread, and leaves nothing behind for nobody: threads are used again. */
  void bind() {
    Acting next = servicePrincipal() ? this : as(person);
    if (next.equals(NOBODY)) {
      CURRENT.remove();
    } else {
      CURRENT.set(next);
    }
  }

  /** Ends the block that this was made for; from then on it is worth its person. */
  void end() {
    if (block != null) {
      block.open = false;
    }
  }

  static Acting as(@Nullable UserPool person) {
    return person == null ? NOBODY : new Acting(person, null);
  }

  /** The same person's work, with the service principal's rights until it {@link #end ends}. */
  Acting asServicePrincipal() {
    return new Acting(person, new Block());
  }

  /** Whether queries of this thread run as the service principal. */
  boolean servicePrincipal() {
    return block != null && block.holdsHere();
  }

  boolean isSame(Acting other) {
    return servicePrincipal() == other.servicePrincipal() && isFor(other.person);
  }

  boolean isFor(@Nullable UserPool other) {
    if (person == null || other == null) {
      return person == other;
    }
    return person.user().equals(other.user());
  }

  @Override
  public String toString() {
    if (servicePrincipal()) {
      return "the service principal";
    }
    return person == null ? "nobody" : person.user();
  }
}
