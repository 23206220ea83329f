package dev.onbehalf.lakebase;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * The extension that makes roles for workspace identities. Each name, operators too, is qualified:
 * who asks may be an administrator, with a search path into which people put what they like. Not
 * thread-safe.
 */
final class DatabricksAuth {
  private final Connection connection;

  /** How far it is there. */
  enum State {
    ABSENT,
    AVAILABLE,
    INSTALLED
  }

  DatabricksAuth(Connection connection) {
    this.connection = connection;
  }

  State state() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT
                  EXISTS (SELECT FROM pg_catalog.pg_extension
                    WHERE extname OPERATOR(pg_catalog.=) 'databricks_auth'),
                  EXISTS (SELECT FROM pg_catalog.pg_available_extensions
                    WHERE name OPERATOR(pg_catalog.=) 'databricks_auth')\
                """)) {
      row.next();
      if (row.getBoolean(1)) {
        return State.INSTALLED;
      }
      return row.getBoolean(2) ? State.AVAILABLE : State.ABSENT;
    }
  }

  /**
   * The schema of the extension's own databricks_create_role. The name alone is no proof of it:
   * anybody may put a function of that name into a schema of theirs, and who installed the
   * extension may add functions to it. What a superuser owns, no such person has made.
   */
  Optional<String> schemaOfCreateRole() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT n.nspname
                FROM pg_catalog.pg_extension e
                JOIN pg_catalog.pg_depend d ON d.refobjid OPERATOR(pg_catalog.=) e.oid
                JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) d.objid
                JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
                JOIN pg_catalog.pg_roles owner ON owner.oid OPERATOR(pg_catalog.=) p.proowner
                WHERE e.extname OPERATOR(pg_catalog.=) 'databricks_auth'
                  AND d.refclassid OPERATOR(pg_catalog.=)
                      'pg_catalog.pg_extension'::pg_catalog.regclass
                  AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
                  AND d.deptype OPERATOR(pg_catalog.=) 'e'
                  AND p.proname OPERATOR(pg_catalog.=) 'databricks_create_role'
                  AND owner.rolsuper\
                """)) {
      return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
    }
  }
}
