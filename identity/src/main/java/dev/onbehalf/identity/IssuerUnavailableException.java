package dev.onbehalf.identity;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who vouches for people, or issues what they log in with, gave no verdict. HTTP 503. {@link
 * #reason()} tells what passes by itself from what somebody has to mend; the message says which,
 * names neither host nor token, and can be shown to whoever asked.
 */
public final class IssuerUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final @Nullable IssuerAnswer answer;

  /** Why there is no verdict. */
  public enum Reason {
    /** It is unreachable, slow, overloaded or broken: worth trying again in a few seconds. */
    UNREACHABLE,
    /** The database is, which alone says whether they have signed out at another instance. */
    FLEET_UNREACHABLE,
    /** Its certificate is not one that is trusted here. */
    UNTRUSTED,
    /** It knows nothing of the database that it is asked about. */
    NO_SUCH_ENDPOINT,
    /** It refuses the application itself: the client, its secret, or what it may do. */
    SERVICE_PRINCIPAL_REFUSED,
    /** It refuses the request, for another reason than who sends it. */
    REQUEST_REFUSED,
    /** It says something else than what it was asked for: is it what the settings take it for? */
    ANSWER_UNREADABLE;

    /** Whether it can be another answer in a few seconds, without anybody's doing. */
    public boolean passes() {
      return this == UNREACHABLE || this == FLEET_UNREACHABLE;
    }
  }

  /** {@link Reason#UNREACHABLE}. */
  public IssuerUnavailableException(String message, @Nullable Throwable cause) {
    this(Reason.UNREACHABLE, message, null, cause);
  }

  /**
   * @param answer what was answered, null if nothing was
   */
  public IssuerUnavailableException(
      Reason reason, String message, @Nullable IssuerAnswer answer, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.answer = answer;
  }

  /** Why there is no verdict. */
  public Reason reason() {
    return reason;
  }

  /** What was answered; empty if nothing was. */
  public Optional<IssuerAnswer> answer() {
    return Optional.ofNullable(answer);
  }
}
