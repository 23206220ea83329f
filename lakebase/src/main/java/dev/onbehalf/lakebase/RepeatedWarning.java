package dev.onbehalf.lakebase;

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
final class RepeatedWarning {
  private static final long INTERVAL = Duration.ofSeconds(30).toNanos();

  private final Logger log;
  private final AtomicLong next = new AtomicLong(System.nanoTime());
  private final AtomicLong unsaid = new AtomicLong();

  private RepeatedWarning(Logger log) {
    this.log = log;
  }

  static RepeatedWarning of(Class<?> logger) {
    return new RepeatedWarning(LoggerFactory.getLogger(logger));
  }

  /**
   * @param message with a {@code {}} for each argument
   */
  void log(String message, Object... arguments) {
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
