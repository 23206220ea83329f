package dev.onbehalf.identity;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request's identity is missing, malformed or not proved; nothing was done for it: no pool, no
 * connection and no part of the budget was touched. The message says what to do and never holds a
 * token.
 */
public final class IdentityException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final @Nullable IssuerAnswer answer;

  /** Why an identity was turned away. */
  public enum Reason {
    /** No identity came with the request. HTTP 401. */
    MISSING,
    /** A value breaks its rule, is repeated, or one of the pair is absent. HTTP 400. */
    MALFORMED,
    /** The token is expired, or refused by its issuer. HTTP 401. */
    TOKEN_REFUSED,
    /** The token is good, but was not given a scope that is needed. HTTP 403. */
    MISSING_SCOPE,
    /** The token is good, but its owner may not use the database. HTTP 403. */
    NOT_PERMITTED,
    /** The token is good, but belongs to somebody else. HTTP 403. */
    MISMATCH,
    /** The request came past the identity proxy. HTTP 403. */
    UNTRUSTED_PROXY,
    /** The address is a name of the application's own, as which nobody may act. HTTP 403. */
    RESERVED,
    /**
     * Nothing was found out: too many others wait for their proof. Worth trying again in a moment,
     * and with better chances. HTTP 429, and no 5xx: strangers must not be able to make the
     * application look ill to whoever counts those.
     */
    BUSY
  }

  public IdentityException(Reason reason, String message) {
    this(reason, message, null);
  }

  public IdentityException(Reason reason, String message, @Nullable Throwable cause) {
    this(reason, message, null, cause);
  }

  /**
   * @param answer what the issuer said, null if it was not asked
   */
  public IdentityException(
      Reason reason, String message, @Nullable IssuerAnswer answer, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.answer = answer;
  }

  /** Why the identity was turned away. */
  public Reason reason() {
    return reason;
  }

  /** What the issuer said; empty where it was not asked, or its answer was at hand already. */
  public Optional<IssuerAnswer> answer() {
    return Optional.ofNullable(answer);
  }
}
