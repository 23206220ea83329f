package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.Observer;
import dev.onbehalf.pool.UserPoolManager;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands before an observer, so that one that fails loses no work, and no result of it. */
final class WaryObserver {
  private static final Logger log = LoggerFactory.getLogger(UserPoolManager.class);

  private final Observer observer;

  WaryObserver(Observer observer) {
    this.observer = observer;
  }

  /**
   * As {@link Observer#observe}.
   *
   * @param undo what is done with a result that the observer's failure keeps from its owner
   */
  <T, E extends Exception> T observe(
      String operation, Observer.Work<T, E> work, Consumer<? super T> undo) throws E {
    AtomicReference<T> done = new AtomicReference<>();
    try {
      return observer.observe(
          operation,
          () -> {
            T result = work.run();
            done.set(result);
            return result;
          });
    } catch (Throwable e) {
      T lost = done.get();
      if (lost != null) {
        undo.accept(lost);
      }
      throw e;
    }
  }

  /** As {@link Observer#handOver}; the task is run whatever the observer does. */
  Runnable handOver(Runnable task) {
    Once once = new Once(task);
    Runnable observed;
    try {
      observed = observer.handOver(once);
    } catch (RuntimeException | Error e) {
      log.warn("The observer failed", e);
      return once;
    }
    return () -> {
      try {
        observed.run();
      } catch (RuntimeException e) {
        log.warn("The observer failed", e);
      } finally {
        once.run();
      }
    };
  }
}
