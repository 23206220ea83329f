package dev.onbehalf.lakebase;

import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;

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
  private final String createRoleCommand;

  RoleRefusedException(String user, String endpoint, SQLException refusal) {
    this(user, RoleSetup.createRole(user), RoleSetup.createRoleCommand(endpoint, user), refusal);
  }

  private RoleRefusedException(
      String user, String createRole, String createRoleCommand, SQLException refusal) {
    super(
        """
        %s. If the role is missing, an administrator of the database makes it with
        %s
        or, with the Databricks CLI,
        %s\
        """
            .formatted(refusal.getMessage(), createRole, createRoleCommand),
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

  /** The Databricks CLI's call that makes it. */
  public String createRoleCommand() {
    return createRoleCommand;
  }
}
