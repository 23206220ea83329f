package dev.onbehalf.lakebaselocal.internal.workspace;

/** A request that the workspace does not fulfil, as the client is told. */
public final class WorkspaceException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String errorCode;

  /**
   * @param status the HTTP status
   * @param errorCode the workspace's own code
   * @param message a sentence; no token
   */
  public WorkspaceException(int status, String errorCode, String message) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }

  static WorkspaceException invalid(String message) {
    return new WorkspaceException(400, "INVALID_PARAMETER_VALUE", message);
  }

  static WorkspaceException malformed(String message) {
    return new WorkspaceException(400, "MALFORMED_REQUEST", message);
  }

  static WorkspaceException unauthenticated(String message) {
    return new WorkspaceException(401, "UNAUTHENTICATED", message);
  }

  static WorkspaceException denied(String message) {
    return new WorkspaceException(403, "PERMISSION_DENIED", message);
  }

  static WorkspaceException missing(String message) {
    return new WorkspaceException(404, "NOT_FOUND", message);
  }

  static WorkspaceException unavailable(Exception cause) {
    return new WorkspaceException(
        503, "TEMPORARILY_UNAVAILABLE", String.valueOf(cause.getMessage()));
  }

  int status() {
    return status;
  }

  String errorCode() {
    return errorCode;
  }
}
