package dev.onbehalf.identity.internal;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A warning or an error that would be told once a request: told at most once in half a minute, with
 * how often it was not told since. Thread-safe.
 *
 * <pre>{@code
 * warning.log("The workspace {} does not answer", url);
 * // The workspace https://… does not answer (and 812 times more since this was last said)
 * }</pre>
 */
public final class RepeatedWarning {
  private static final long INTERVAL = Duration.ofSeconds(30).toNanos();

  private final Logger log;
  private final Level level;
  private final AtomicLong next = new AtomicLong(System.nanoTime());
  private final AtomicLong unsaid = new AtomicLong();

  private RepeatedWarning(Class<?> logger, Level level) {
    this.log = LoggerFactory.getLogger(logger);
    this.level = level;
  }

  /** One of a class of its own name in the log. */
  public static RepeatedWarning of(Class<?> logger) {
    return new RepeatedWarning(logger, Level.WARN);
  }

  /** The same for what somebody has to mend. */
  public static RepeatedWarning ofError(Class<?> logger) {
    return new RepeatedWarning(logger, Level.ERROR);
  }

  /**
   * Tells it, if it is time to.
   *
   * @param message with a {@code {}} for each argument
   */
  public void log(String message, @Nullable Object... arguments) {
    long due = next.get();
    long now = System.nanoTime();
    if (now - due < 0 || !next.compareAndSet(due, now + INTERVAL)) {
      unsaid.incrementAndGet();
      return;
    }
    long times = unsaid.getAndSet(0);
    String more = times == 0 ? "" : " (and " + times + " times more since this was last said)";
    log.atLevel(level).log(message + more, arguments);
  }
}
