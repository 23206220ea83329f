package dev.onbehalf.identity;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * How people's roles are made in a database.
 *
 * <pre>{@code
 * RoleMaking rds = (connection, before) -> user -> iam.createRole(user);
 * RoleSetup.ofGroup("order_users", rds).user("alice@example.com").apply(connection);
 * }</pre>
 *
 * <p>Called on the thread that sets up, once for each set-up.
 */
@FunctionalInterface
public interface RoleMaking {
  /** PostgreSQL's own way. */
  RoleMaking CREATE_ROLE =
      (connection, before) -> user -> "CREATE ROLE %s LOGIN;".formatted(RoleSetup.identifier(user));

  /**
   * The statement that makes a role, by its name.
   *
   * @param before takes what has to run once before the first of them
   */
  UnaryOperator<String> in(Connection connection, List<String> before) throws SQLException;
}
