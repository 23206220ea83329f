package dev.onbehalf.identity.internal;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A warning that would be given once a request: given at most once in half a minute, with how often
 * it was not given since. Thread-safe.
 *
 * <pre>{@code
 * warning.log("The workspace {} does not answer", url);
 * // The workspace https://… does not answer (and 812 times more since this was last said)
 * }</pre>
 */
public final class RepeatedWarning {
  private static final long INTERVAL = Duration.ofSeconds(30).toNanos();

  private final Logger log;
  private final AtomicLong next = new AtomicLong(System.nanoTime());
  private final AtomicLong unsaid = new AtomicLong();

  private RepeatedWarning(Logger log) {
    this.log = log;
  }

  /** One of a class of its own name in the log. */
  public static RepeatedWarning of(Class<?> logger) {
    return new RepeatedWarning(LoggerFactory.getLogger(logger));
  }

  /**
   * Warns, if it is time to.
   *
   * @param message with a {@code {}} for each argument
   */
  public void log(String message, Object... arguments) {
    long due = next.get();
    long now = System.nanoTime();
    if (now - due < 0 || !next.compareAndSet(due, now + INTERVAL)) {
      unsaid.incrementAndGet();
      return;
    }
    long times = unsaid.getAndSet(0);
    if (times == 0) {
      log.warn(message, arguments);
    } else {
      log.warn(message + " (and " + times + " times more since this was last said)", arguments);
    }
  }
}
