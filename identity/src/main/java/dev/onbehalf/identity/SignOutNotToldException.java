package dev.onbehalf.identity;

import org.jspecify.annotations.Nullable;

/**
 * Somebody was signed out here, and it is not certain that the other instances know: the database
 * could not be reached in time, or the thread was interrupted. Worth another try; until one
 * succeeds, an instance that still is in touch with the database goes on serving the person. HTTP
 * 503.
 */
public final class SignOutNotToldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Made by {@link OnBehalfDatabase#revoke}. */
  public SignOutNotToldException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
