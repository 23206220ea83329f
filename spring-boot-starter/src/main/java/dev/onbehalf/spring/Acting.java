package dev.onbehalf.spring;

import dev.onbehalf.pool.UserPool;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Whose rights the queries of a thread have at this moment, and the one place that says so: a
 * thread-local, as Spring's own transactions are, which {@link ActingAccessor} carries to other
 * threads.
 *
 * @param person on whose behalf; null when nobody's
 * @param servicePrincipal whether queries run as the service principal all the same
 */
record Acting(@Nullable UserPool person, boolean servicePrincipal) {
  static final Acting NOBODY = new Acting(null, false);

  private static final ThreadLocal<Acting> CURRENT = new ThreadLocal<>();

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
    if (equals(NOBODY)) {
      CURRENT.remove();
    } else {
      CURRENT.set(this);
    }
  }

  static Acting as(UserPool person) {
    return new Acting(person, false);
  }

  /** The same person's work, with the service principal's rights. */
  Acting asServicePrincipal() {
    return new Acting(person, true);
  }

  boolean isSame(Acting other) {
    return servicePrincipal == other.servicePrincipal && isFor(other.person);
  }

  boolean isFor(@Nullable UserPool other) {
    if (person == null || other == null) {
      return person == other;
    }
    return person.user().equals(other.user());
  }

  @Override
  public String toString() {
    if (servicePrincipal) {
      return "the service principal";
    }
    return person == null ? "nobody" : person.user();
  }
}
