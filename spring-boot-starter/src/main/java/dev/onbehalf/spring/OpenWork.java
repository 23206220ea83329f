package dev.onbehalf.spring;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.ResourceHolder;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What a thread has open for whoever is bound: the JPA session of a request ({@code
 * spring.jpa.open-in-view}), a transaction. It keeps its connection, so work that runs as somebody
 * else in between must not find it, just as a suspended transaction's is not found.
 *
 * @param resources sessions and connections, by what they are kept under
 * @param transaction null where none is open
 */
record OpenWork(Map<Object, Object> resources, @Nullable Transaction transaction) {
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

  static OpenWork setAside() {
    Map<Object, Object> held = TransactionSynchronizationManager.getResourceMap();
    if (held.isEmpty() && !isTransactionOpen()) {
      return NONE;
    }
    Map<Object, Object> resources = new HashMap<>(held);
    resources.values().removeIf(resource -> !(resource instanceof ResourceHolder));
    resources.keySet().forEach(TransactionSynchronizationManager::unbindResource);
    return new OpenWork(resources, isTransactionOpen() ? leaveTransaction() : null);
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

  /** In the place of what was left behind meanwhile. */
  void putBack() {
    resources.forEach(
        (key, resource) -> {
          TransactionSynchronizationManager.unbindResourceIfPossible(key);
          TransactionSynchronizationManager.bindResource(key, resource);
        });
    if (transaction != null) {
      putBack(transaction);
    }
  }

  private static void putBack(Transaction transaction) {
    TransactionSynchronizationManager.clear();
    if (transaction.synchronizations() != null) {
      TransactionSynchronizationManager.initSynchronization();
      transaction
          .synchronizations()
          .forEach(TransactionSynchronizationManager::registerSynchronization);
    }
    TransactionSynchronizationManager.setActualTransactionActive(transaction.active());
    TransactionSynchronizationManager.setCurrentTransactionReadOnly(transaction.readOnly());
    TransactionSynchronizationManager.setCurrentTransactionName(transaction.name());
    TransactionSynchronizationManager.setCurrentTransactionIsolationLevel(transaction.isolation());
  }
}
