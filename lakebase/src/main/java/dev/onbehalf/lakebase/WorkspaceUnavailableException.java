package dev.onbehalf.lakebase;

import org.jspecify.annotations.Nullable;

/**
 * The Databricks workspace could not be asked: it is unreachable, overloaded, or answered with an
 * error that is no verdict on a token. Worth trying again in a few seconds. HTTP 503.
 */
public final class WorkspaceUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public WorkspaceUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
