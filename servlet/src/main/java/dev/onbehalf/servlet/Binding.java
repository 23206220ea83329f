package dev.onbehalf.servlet;

import dev.onbehalf.pool.UserPool;
import org.jspecify.annotations.Nullable;

/**
 * What makes a thread work for a person, where that is not {@link OnBehalfFilter#dataSource()}.
 *
 * <pre>{@code
 * Binding binding = person -> {
 *   User former = session.begin(person);
 *   return () -> session.end(former);
 * };
 * }</pre>
 */
@FunctionalInterface
public interface Binding {
  /**
   * Binds a person, who is proved, to the calling thread.
   *
   * @param person null for nobody
   * @return what takes it back, called on the same thread, once
   */
  Bound bind(@Nullable UserPool person);

  /** Until it is closed. */
  @FunctionalInterface
  interface Bound extends AutoCloseable {
    @Override
    void close();
  }
}
