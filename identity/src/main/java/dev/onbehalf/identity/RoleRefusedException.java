package dev.onbehalf.identity;

import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL lets nobody of that name log in. As the access token was proved and exchanged before,
 * most often the role is missing; the message holds the SQL and the command that make it. The
 * SQLState is the server's: 28000, or 28P01, by which it also hides that a role is missing. Callers
 * find this as the cause of a {@link dev.onbehalf.pool.LoginFailedException}.
 */
public final class RoleRefusedException extends SQLInvalidAuthorizationSpecException {
  private static final long serialVersionUID = 1L;

  private final String user;
  private final String createRole;
  private final @Nullable String createRoleCommand;

  /** Made by {@link OnBehalfDatabase}. */
  public RoleRefusedException(String user, Platform platform, SQLException refusal) {
    this(user, platform.createRole(user), platform.createRoleCommand(user).orElse(null), refusal);
  }

  private RoleRefusedException(
      String user, String createRole, @Nullable String createRoleCommand, SQLException refusal) {
    super(
        """
        %s. If the role is missing, an administrator of the database makes it with
        %s%s\
        """
            .formatted(
                refusal.getMessage(),
                createRole,
                createRoleCommand == null ? "" : "\nor with the command\n" + createRoleCommand),
        refusal.getSQLState(),
        refusal);
    this.user = user;
    this.createRole = createRole;
    this.createRoleCommand = createRoleCommand;
  }

  /** The role that may not log in. */
  public String user() {
    return user;
  }

  /** The SQL that makes it. */
  public String createRole() {
    return createRole;
  }

  /** A command that makes it; empty where the platform has none. */
  public Optional<String> createRoleCommand() {
    return Optional.ofNullable(createRoleCommand);
  }
}
