package dev.onbehalf.lakebaselocal.internal.token;

import java.time.Instant;

/** A token and the instant from which it is refused. */
public record IssuedToken(String value, Instant expiresAt) {

  /** Tells nothing of the token. */
  @Override
  public String toString() {
    return "IssuedToken[expiresAt=" + expiresAt + "]";
  }
}
