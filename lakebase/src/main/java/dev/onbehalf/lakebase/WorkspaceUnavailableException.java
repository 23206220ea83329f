package dev.onbehalf.lakebase;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Databricks workspace, or the issuer of tokens, gave no verdict. HTTP 503. {@link #reason()}
 * tells what passes by itself from what somebody has to mend; the message says which, names neither
 * host nor token, and can be shown to whoever asked.
 */
public final class WorkspaceUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final @Nullable WorkspaceAnswer answer;

  /** Why there is no verdict. */
  public enum Reason {
    /** It is unreachable, slow, overloaded or broken: worth trying again in a few seconds. */
    UNREACHABLE,
    /** Its certificate is not one that is trusted here. */
    UNTRUSTED,
    /** It has no endpoint of the name that {@code LAKEBASE_ENDPOINT} says. */
    NO_SUCH_ENDPOINT,
    /** It refuses the application itself: the client, its secret, or what it may do. */
    SERVICE_PRINCIPAL_REFUSED,
    /** It refuses the request, for another reason than who sends it. */
    REQUEST_REFUSED,
    /** It says something else than what it was asked for: is it a workspace? */
    ANSWER_UNREADABLE;

    /** Whether it can be another answer in a few seconds, without anybody's doing. */
    public boolean passes() {
      return this == UNREACHABLE;
    }
  }

  /** {@link Reason#UNREACHABLE}. */
  public WorkspaceUnavailableException(String message, @Nullable Throwable cause) {
    this(Reason.UNREACHABLE, message, null, cause);
  }

  /**
   * @param answer what was answered, null if nothing was
   */
  public WorkspaceUnavailableException(
      Reason reason, String message, @Nullable WorkspaceAnswer answer, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.answer = answer;
  }

  /** Why there is no verdict. */
  public Reason reason() {
    return reason;
  }

  /** What was answered; empty if nothing was. */
  public Optional<WorkspaceAnswer> answer() {
    return Optional.ofNullable(answer);
  }
}
