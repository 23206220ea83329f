package dev.onbehalf.lakebaselocal.proxy;

import java.io.IOException;

/** A message that is not HTTP as it should be, after which nothing more of its sender is read. */
final class BadMessageException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * @param status for a client whose message it is
   */
  BadMessageException(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }
}
