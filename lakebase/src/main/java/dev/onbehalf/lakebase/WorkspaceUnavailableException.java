package dev.onbehalf.lakebase;

/**
 * The Databricks workspace could not be asked: it is unreachable, overloaded, or answered with an
 * error that is no verdict on a token. Worth trying again in a few seconds. HTTP 503.
 */
public final class WorkspaceUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public WorkspaceUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
