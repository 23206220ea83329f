package dev.onbehalf.lakebase;

import org.jspecify.annotations.Nullable;

/**
 * The Databricks workspace could not be asked: it is unreachable, overloaded, or answered with an
 * error that is no verdict on a token. Worth trying again in a few seconds. HTTP 503.
 *
 * <p>The message is fit for strangers, and names nothing of the inside. What an operator needs is
 * in the log, and in the cause.
 */
public final class WorkspaceUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public WorkspaceUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
