package dev.onbehalf.lakebase;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What a database knows of roles and their rights. Not thread-safe. */
final class RoleCatalog {
  private final Connection connection;

  /** How far the extension that makes roles for workspace identities is there. */
  enum Extension {
    ABSENT,
    AVAILABLE,
    INSTALLED
  }

  RoleCatalog(Connection connection) {
    this.connection = connection;
  }

  boolean hasRole(String role) throws SQLException {
    return exists("FROM pg_roles WHERE rolname = ?", role);
  }

  boolean bypassesRls(String role) throws SQLException {
    return exists("FROM pg_roles WHERE rolname = ? AND (rolsuper OR rolbypassrls)", role);
  }

  /** Directly, whatever else the user may be: a superuser counts as a member of everything. */
  boolean isMember(String user, String group) throws SQLException {
    return exists(
        """
        FROM pg_auth_members m
        JOIN pg_roles member ON member.oid = m.member AND member.rolname = ?
        JOIN pg_roles grp ON grp.oid = m.roleid AND grp.rolname = ?\
        """,
        user,
        group);
  }

  boolean mayUse(String role, String schema) throws SQLException {
    return exists(
        """
        FROM pg_roles r, pg_namespace n
        WHERE r.rolname = ? AND n.nspname = ? AND has_schema_privilege(r.oid, n.oid, 'USAGE')\
        """,
        role,
        schema);
  }

  boolean may(String role, RoleSetup.Privilege privilege, String schema, String table)
      throws SQLException {
    return exists(
        """
        FROM pg_roles r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE r.rolname = ? AND n.nspname = ? AND c.relname = ?
          AND has_table_privilege(r.oid, c.oid, ?)\
        """,
        role,
        schema,
        table,
        privilege.name());
  }

  Extension databricksAuth() throws SQLException {
    if (exists("FROM pg_extension WHERE extname = ?", "databricks_auth")) {
      return Extension.INSTALLED;
    }
    return exists("FROM pg_available_extensions WHERE name = ?", "databricks_auth")
        ? Extension.AVAILABLE
        : Extension.ABSENT;
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
