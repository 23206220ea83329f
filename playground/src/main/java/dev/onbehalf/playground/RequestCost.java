package dev.onbehalf.playground;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What one request has cost so far. Its own thread's alone. */
final class RequestCost {
  private final long began = System.nanoTime();
  private boolean connected;
  private boolean loggedIn;
  private long waited;

  /** A connection was had; a request may need more than one. */
  void leased(long nanos, boolean opened) {
    connected = true;
    loggedIn |= opened;
    waited += nanos;
  }

  /** Whether its connections were there already. */
  boolean isReuse() {
    return connected && !loggedIn;
  }

  /**
   * As the header {@code Server-Timing} has it (W3C), which browsers' tools for developers show.
   */
  String serverTiming() {
    String request = "request;dur=" + millis(System.nanoTime() - began);
    return connected
        ? "connection;desc=\"%s\";dur=%s, %s"
            .formatted(loggedIn ? "login" : "at hand", millis(waited), request)
        : request;
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.2f", nanos / (double) TimeUnit.MILLISECONDS.toNanos(1));
  }
}
