package dev.onbehalf.pool;

/**
 * A login ended in a session of another role than the one asked for, so its connection was closed
 * before anyone could use it. SQLState 28000.
 */
public final class WrongSessionUserException extends LoginFailedException {
  private static final long serialVersionUID = 1L;

  private final String sessionUser;

  /** Made by the pool. */
  public WrongSessionUserException(String user, String sessionUser) {
    super(
        user,
        "Logged in as \"%s\", but the server's session_user is \"%s\": the connection was closed. "
                .formatted(user, sessionUser)
            + "Check the connection factory, and the proxy or user name map before the server",
        "28000");
    this.sessionUser = sessionUser;
  }

  /** The role that the server reported. */
  public String sessionUser() {
    return sessionUser;
  }
}
