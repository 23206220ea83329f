package dev.onbehalf.spring;

import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.SimpleConnectionHandle;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionSynchronizationUtils;
import org.springframework.util.ClassUtils;

/**
 * What a thread has open for whoever is bound: the JPA session of a request ({@code
 * spring.jpa.open-in-view}), a transaction. It keeps its connection, so work that runs as somebody
 * else in between must not find it, just as a suspended transaction's is not found.
 *
 * @param resources sessions, connections, beans of the transaction's scope and whatever else is
 *     kept on the thread, by what they are kept under
 * @param transaction null where none is open
 */
record OpenWork(Map<Object, Object> resources, @Nullable Transaction transaction) {
  private static final Logger log = LoggerFactory.getLogger(OpenWork.class);

  private static final boolean JPA =
      ClassUtils.isPresent(
          "org.springframework.orm.jpa.EntityManagerHolder", OpenWork.class.getClassLoader());

  static final OpenWork NONE = new OpenWork(Map.of(), null);

  /**
   * What Spring knows of a transaction, or of the scope of one that has none.
   *
   * @param synchronizations null where none can be registered
   */
  record Transaction(
      @Nullable List<TransactionSynchronization> synchronizations,
      boolean active,
      boolean readOnly,
      @Nullable String name,
      @Nullable Integer isolation) {}

  /**
   * Its synchronizations are told, since they may keep something on the thread themselves. Where
   * one of them can't let go of it, everything stays as it was, and it throws.
   */
  static OpenWork setAside() {
    if (TransactionSynchronizationManager.isSynchronizationActive()) {
      List<TransactionSynchronization> suspended = new ArrayList<>();
      try {
        for (TransactionSynchronization each :
            TransactionSynchronizationManager.getSynchronizations()) {
          each.suspend();
          suspended.add(each);
        }
      } catch (Throwable e) {
        suspended.forEach(OpenWork::resume);
        throw e;
      }
    }
    return take();
  }

  /** Nothing that one throws, an Error included, keeps the others from what is theirs. */
  private static void resume(TransactionSynchronization synchronization) {
    try {
      synchronization.resume();
    } catch (Throwable e) {
      log.warn(
          "A transaction goes on, of which one part could not be resumed: {}",
          synchronization.getClass().getName(),
          e);
    }
  }

  private static OpenWork take() {
    Map<Object, Object> resources =
        new HashMap<>(TransactionSynchronizationManager.getResourceMap());
    resources.keySet().forEach(TransactionSynchronizationManager::unbindResourceIfPossible);
    return new OpenWork(resources, isTransactionOpen() ? leaveTransaction() : null);
  }

  static boolean isAny() {
    return isTransactionOpen() || !TransactionSynchronizationManager.getResourceMap().isEmpty();
  }

  /**
   * The scope of a transaction that has none ({@code SUPPORTS}, {@code NOT_SUPPORTED}) is open too:
   * from its first query on it keeps its connection.
   */
  static boolean isTransactionOpen() {
    return TransactionSynchronizationManager.isActualTransactionActive()
        || TransactionSynchronizationManager.isSynchronizationActive();
  }

  private static Transaction leaveTransaction() {
    Transaction transaction =
        new Transaction(
            TransactionSynchronizationManager.isSynchronizationActive()
                ? TransactionSynchronizationManager.getSynchronizations()
                : null,
            TransactionSynchronizationManager.isActualTransactionActive(),
            TransactionSynchronizationManager.isCurrentTransactionReadOnly(),
            TransactionSynchronizationManager.getCurrentTransactionName(),
            TransactionSynchronizationManager.getCurrentTransactionIsolationLevel());
    TransactionSynchronizationManager.clear();
    return transaction;
  }

  /**
   * Ends what the thread has open still and nobody is going to end: rolls it back, tells its
   * synchronizations so, and closes it. What other libraries keep on a thread and no
   * synchronization of theirs ends is only taken from it.
   */
  static void end(Acting whose) {
    List<TransactionSynchronization> synchronizations = List.of();
    if (TransactionSynchronizationManager.isSynchronizationActive()) {
      TransactionSynchronizationUtils.triggerBeforeCompletion();
      synchronizations = TransactionSynchronizationManager.getSynchronizations();
    }
    OpenWork left = take();
    if (left.equals(NONE)) {
      return;
    }
    List<String> unknown =
        left.resources.values().stream()
            .filter(resource -> !canClose(resource))
            .map(resource -> resource.getClass().getName())
            .toList();
    log.warn(
        "The work of {} has ended, and left open {}. It is rolled back and closed{}: the next work"
            + " of this thread is somebody else's. End what you begin, in a finally block.",
        whose,
        left.transaction == null ? "a session or connection" : "a transaction",
        unknown.isEmpty()
            ? ""
            : ", but for what its library ends, or is only taken from the thread, " + unknown);
    left.resources.values().forEach(OpenWork::rollBackAndClose);
    TransactionSynchronizationUtils.invokeAfterCompletion(
        synchronizations, TransactionSynchronization.STATUS_ROLLED_BACK);
  }

  /** A connection of a JPA session is closed with that. */
  private static boolean canClose(Object resource) {
    return resource instanceof ConnectionHolder || (JPA && Sessions.isOne(resource));
  }

  /** Nothing that one throws, an Error included, keeps the others open. */
  private static void rollBackAndClose(Object resource) {
    try {
      if (resource instanceof ConnectionHolder holder
          && holder.getConnectionHandle() instanceof SimpleConnectionHandle handle) {
        rollBackAndClose(handle.getConnection());
      } else if (JPA) {
        Sessions.rollBackAndClose(resource);
      }
    } catch (Throwable e) {
      log.warn("What was left open could not be closed: {}", resource.getClass().getName(), e);
    }
  }

  private static void rollBackAndClose(Connection connection) throws SQLException {
    try (connection) {
      if (!connection.isClosed() && !connection.getAutoCommit()) {
        connection.rollback();
      }
    }
  }

  /** Apart, for applications without JPA. */
  private static final class Sessions {
    static boolean isOne(Object resource) {
      return resource instanceof EntityManagerHolder;
    }

    static void rollBackAndClose(Object resource) {
      if (!(resource instanceof EntityManagerHolder holder)) {
        return;
      }
      try (EntityManager session = holder.getEntityManager()) {
        if (session.getTransaction().isActive()) {
          session.getTransaction().rollback();
        }
      }
    }
  }

  void putBack() {
    resources.forEach(TransactionSynchronizationManager::bindResource);
    if (transaction != null) {
      putBack(transaction);
    }
  }

  private static void putBack(Transaction transaction) {
    TransactionSynchronizationManager.clear();
    if (transaction.synchronizations() != null) {
      TransactionSynchronizationManager.initSynchronization();
      for (TransactionSynchronization synchronization : transaction.synchronizations()) {
        resume(synchronization);
        TransactionSynchronizationManager.registerSynchronization(synchronization);
      }
    }
    TransactionSynchronizationManager.setActualTransactionActive(transaction.active());
    TransactionSynchronizationManager.setCurrentTransactionReadOnly(transaction.readOnly());
    TransactionSynchronizationManager.setCurrentTransactionName(transaction.name());
    TransactionSynchronizationManager.setCurrentTransactionIsolationLevel(transaction.isolation());
  }
}
