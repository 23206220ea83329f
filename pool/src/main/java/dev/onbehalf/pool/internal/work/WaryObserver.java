package dev.onbehalf.pool.internal.work;

import dev.onbehalf.pool.Observer;
import dev.onbehalf.pool.internal.PoolLog;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Stands before an observer, so that one that fails loses no work, and no result of it. */
public final class WaryObserver {
  private static final Logger log = PoolLog.LOG;

  private final Observer observer;

  public WaryObserver(Observer observer) {
    this.observer = observer;
  }

  /**
   * As {@link Observer#observe}, except that the work is done once, and its result or failure comes
   * back, whatever the observer does.
   */
  public <T, E extends Exception> T observe(String operation, Observer.Work<T, E> work) throws E {
    Observed<T, E> observed = new Observed<>(work);
    try {
      observer.observe(operation, observed);
    } catch (Exception | Error e) {
      if (!observed.isFailure(e)) {
        tell(e);
      }
    }
    return observed.result();
  }

  /** Work that is done at its first run; later ones have the same end. */
  private static final class Observed<T, E extends Exception> implements Observer.Work<T, E> {
    private final Observer.Work<T, E> work;
    private @Nullable T result;
    private @Nullable Throwable failure;

    Observed(Observer.Work<T, E> work) {
      this.work = work;
    }

    @Override
    public T run() throws E {
      if (result == null && failure == null) {
        try {
          result = work.run();
        } catch (Exception | Error e) {
          failure = e;
        }
      }
      return end();
    }

    T result() throws E {
      return run();
    }

    boolean isFailure(Throwable thrown) {
      return thrown == failure;
    }

    @SuppressWarnings("unchecked") // the work throws nothing else
    private T end() throws E {
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      if (failure instanceof Error e) {
        throw e;
      }
      if (failure != null) {
        throw (E) failure;
      }
      return Objects.requireNonNull(result);
    }
  }

  private static void tell(Throwable failure) {
    try {
      log.warn("The observer failed", failure);
    } catch (RuntimeException | Error e) {
      // the log failed as well
    }
  }

  public boolean hearsLeases() {
    try {
      return observer.hearsLeases();
    } catch (RuntimeException | Error e) {
      tell(e);
      return false;
    }
  }

  public void leased(long nanos, boolean opened) {
    try {
      observer.leased(nanos, opened);
    } catch (RuntimeException | Error e) {
      tell(e);
    }
  }

  public void returned(long nanos) {
    try {
      observer.returned(nanos);
    } catch (RuntimeException | Error e) {
      tell(e);
    }
  }

  /** As {@link Observer#handOver}; the task is run whatever the observer does. */
  Runnable handOver(Runnable task) {
    Once once = new Once(task);
    @Nullable Runnable observed;
    try {
      observed = observer.handOver(once);
    } catch (RuntimeException | Error e) {
      tell(e);
      return once;
    }
    if (observed == null) {
      return once;
    }
    return () -> {
      try {
        observed.run();
      } catch (RuntimeException | Error e) {
        tell(e);
      } finally {
        once.run();
      }
    };
  }
}
