package dev.onbehalf.lakebaselocal.internal.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;

/** Makes of a PostgreSQL what Lakebase starts with: roles and a database. */
public final class DatabaseSetup {
  private static final String IS_NAMED = "rolname OPERATOR(pg_catalog.=) ?::pg_catalog.name";

  private DatabaseSetup() {}

  /**
   * What creates the service principal, its database, and the users.
   *
   * @param servicePrincipal owns the database and may create roles
   * @param users may log in, and nothing else
   * @param peers may do what the service principal may
   */
  public static List<String> statements(
      String servicePrincipal, String database, List<String> users, Collection<String> peers) {
    List<String> statements = new ArrayList<>();
    statements.add("CREATE ROLE %s LOGIN CREATEROLE".formatted(quoted(servicePrincipal)));
    for (String peer : peers) {
      statements.add(peerStatement(peer, servicePrincipal));
    }
    users.forEach(user -> statements.add(userStatement(user)));
    statements.add(
        "CREATE DATABASE %s OWNER %s".formatted(quoted(database), quoted(servicePrincipal)));
    return statements;
  }

  private static String peerStatement(String peer, String servicePrincipal) {
    return "CREATE ROLE %s LOGIN CREATEROLE IN ROLE %s"
        .formatted(quoted(peer), quoted(servicePrincipal));
  }

  private static String userStatement(String user) {
    return "CREATE ROLE %s LOGIN".formatted(quoted(user));
  }

  /** Creates those of the users and the peers who are missing in a database of a former start. */
  public static void addMissing(
      Connection superuser, String servicePrincipal, List<String> users, Collection<String> peers)
      throws SQLException {
    for (String user : users) {
      addUser(superuser, user);
    }
    for (String peer : peers) {
      if (!isLogin(superuser, peer)) {
        execute(superuser, peerStatement(peer, servicePrincipal));
      }
    }
  }

  /** Creates one user more, or takes a role that logs in already for theirs. */
  public static void addUser(Connection superuser, String user) throws SQLException {
    if (!isLogin(superuser, user)) {
      execute(superuser, userStatement(user));
    }
  }

  /**
   * Creates the group as the service principal does it, who may then grant it, unless it exists.
   */
  public static void createGroup(Connection superuser, String servicePrincipal, String group)
      throws SQLException {
    if (exists(superuser, "SELECT FROM pg_catalog.pg_roles WHERE " + IS_NAMED, group)) {
      return;
    }
    execute(superuser, "SET ROLE " + quoted(servicePrincipal));
    execute(superuser, "CREATE ROLE " + quoted(group));
    execute(superuser, "RESET ROLE");
  }

  /** Makes the users members of the group. */
  public static void grant(Connection superuser, String group, Collection<String> users)
      throws SQLException {
    for (String user : users) {
      execute(superuser, "GRANT %s TO %s".formatted(quoted(group), quoted(user)));
    }
  }

  private static boolean isLogin(Connection superuser, String role) throws SQLException {
    return exists(
        superuser, "SELECT FROM pg_catalog.pg_roles WHERE rolcanlogin AND " + IS_NAMED, role);
  }

  private static boolean exists(Connection connection, String query, String parameter)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, parameter);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false); // braces in names are no JDBC escapes
      statement.execute(sql);
    }
  }

  /*
   * The schema and the casts leave one function that can be meant: with the driver's varchar, one
   * that somebody put beside it would be the closer match.
   */
  private static final String CREATE_ROLE =
      "SELECT public.databricks_create_role(?::pg_catalog.text, ?::pg_catalog.text)";

  /**
   * Creates a role as the service principal does it, by {@code databricks_create_role}. The service
   * principal can put code of its own there, which would undo a SET ROLE.
   *
   * @param servicePrincipal logs in as it
   */
  public static void createRole(DataSource servicePrincipal, String identity, String type)
      throws SQLException {
    try (Connection connection = servicePrincipal.getConnection();
        PreparedStatement call = connection.prepareStatement(CREATE_ROLE)) {
      call.setString(1, identity);
      call.setString(2, type);
      call.execute();
    }
  }

  private static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }
}
