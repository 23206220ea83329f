package dev.onbehalf.pool;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The server, or the credential provider, refused a user's login. The SQLState and the vendor code
 * are those of the refusal, which is the {@linkplain #getCause() cause}: 28P01 for a wrong or
 * expired password, 28000 for an unknown role, 3D000 for an unknown database, and so on.
 */
public class LoginFailedException extends SQLException {
  private static final long serialVersionUID = 1L;

  private final String user;

  /** Made by the pool. */
  public LoginFailedException(
      String user, String reason, @Nullable String sqlState, int vendorCode, Throwable cause) {
    super(reason, sqlState, vendorCode, cause);
    this.user = user;
  }

  /** Made by the pool. */
  protected LoginFailedException(String user, String reason, String sqlState) {
    super(reason, sqlState);
    this.user = user;
  }

  /** The user who could not log in. */
  public String user() {
    return user;
  }
}
