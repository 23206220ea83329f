package dev.onbehalf.spring;

import java.util.HashMap;
import java.util.Map;
import org.springframework.transaction.support.ResourceHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What a thread holds open for whoever is bound, such as the JPA session of a request ({@code
 * spring.jpa.open-in-view}). It keeps its connection, so work that runs as somebody else in between
 * must not find it, just as a suspended transaction's is not found.
 */
record HeldResources(Map<Object, Object> byKey) {
  static final HeldResources NONE = new HeldResources(Map.of());

  static HeldResources setAside() {
    if (TransactionSynchronizationManager.getResourceMap().isEmpty()) {
      return NONE;
    }
    Map<Object, Object> held = new HashMap<>(TransactionSynchronizationManager.getResourceMap());
    held.values().removeIf(resource -> !(resource instanceof ResourceHolder));
    held.keySet().forEach(TransactionSynchronizationManager::unbindResource);
    return new HeldResources(held);
  }

  void putBack() {
    byKey.forEach(TransactionSynchronizationManager::bindResource);
  }
}
