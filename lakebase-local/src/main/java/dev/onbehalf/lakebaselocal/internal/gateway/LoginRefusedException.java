package dev.onbehalf.lakebaselocal.internal.gateway;

/** A login that ends with an error of severity {@code FATAL}; the client reads the message. */
public final class LoginRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String sqlState;

  /**
   * @param sqlState PostgreSQL's code for the error, five characters
   * @param message what happened; no token or password
   */
  public LoginRefusedException(String sqlState, String message) {
    super(message);
    this.sqlState = sqlState;
  }

  /** PostgreSQL's words for a password that is wrong, whatever is wrong with it. */
  public static LoginRefusedException wrongPassword(String role) {
    return new LoginRefusedException(
        "28P01", "password authentication failed for user \"" + role + "\"");
  }

  public String sqlState() {
    return sqlState;
  }
}
