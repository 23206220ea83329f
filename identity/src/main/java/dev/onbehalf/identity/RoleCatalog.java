package dev.onbehalf.identity;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What a database knows of roles and their rights. Each name, operators too, is qualified: who asks
 * may be an administrator, with a search path into which people put what they like. Not
 * thread-safe.
 */
final class RoleCatalog {
  private final Connection connection;

  RoleCatalog(Connection connection) {
    this.connection = connection;
  }

  boolean hasRole(String role) throws SQLException {
    return exists("FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) ?", role);
  }

  boolean bypassesRls(String role) throws SQLException {
    return exists(
        """
        FROM pg_catalog.pg_roles
        WHERE rolname OPERATOR(pg_catalog.=) ? AND (rolsuper OR rolbypassrls)\
        """,
        role);
  }

  /** Directly, whatever else the user may be: a superuser counts as a member of everything. */
  boolean isMember(String user, String group) throws SQLException {
    return exists(
        """
        FROM pg_catalog.pg_auth_members m
        JOIN pg_catalog.pg_roles member ON member.oid OPERATOR(pg_catalog.=) m.member
        JOIN pg_catalog.pg_roles grp ON grp.oid OPERATOR(pg_catalog.=) m.roleid
        WHERE member.rolname OPERATOR(pg_catalog.=) ? AND grp.rolname OPERATOR(pg_catalog.=) ?\
        """,
        user,
        group);
  }

  boolean mayUse(String role, String schema) throws SQLException {
    return exists(
        """
        FROM pg_catalog.pg_roles r, pg_catalog.pg_namespace n
        WHERE r.rolname OPERATOR(pg_catalog.=) ? AND n.nspname OPERATOR(pg_catalog.=) ?
          AND pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')\
        """,
        role,
        schema);
  }

  boolean may(String role, RoleSetup.Privilege privilege, String schema, String table)
      throws SQLException {
    return exists(
        """
        FROM pg_catalog.pg_roles r, pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE r.rolname OPERATOR(pg_catalog.=) ? AND n.nspname OPERATOR(pg_catalog.=) ?
          AND c.relname OPERATOR(pg_catalog.=) ?
          AND pg_catalog.has_table_privilege(r.oid, c.oid, ?)\
        """,
        role,
        schema,
        table,
        privilege.name());
  }

  private boolean exists(String query, String... parameters) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT EXISTS (SELECT " + query + ")")) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }
}
