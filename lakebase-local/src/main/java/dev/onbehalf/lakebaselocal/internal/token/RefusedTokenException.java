package dev.onbehalf.lakebaselocal.internal.token;

/** A token that is not accepted; the message says why and holds nothing of the token. */
public final class RefusedTokenException extends Exception {
  private static final long serialVersionUID = 1L;

  RefusedTokenException(String message) {
    super(message);
  }
}
