package dev.onbehalf.lakebaselocal.internal.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;

/** Makes of an empty PostgreSQL what Lakebase starts with: roles and a database. */
public final class DatabaseSetup {
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
      statements.add(
          "CREATE ROLE %s LOGIN CREATEROLE IN ROLE %s"
              .formatted(quoted(peer), quoted(servicePrincipal)));
    }
    users.forEach(user -> statements.add(userStatement(user)));
    statements.add(
        "CREATE DATABASE %s OWNER %s".formatted(quoted(database), quoted(servicePrincipal)));
    return statements;
  }

  /** What creates one user more. */
  public static String userStatement(String user) {
    return "CREATE ROLE %s LOGIN".formatted(quoted(user));
  }

  /*
   * The schema and the casts leave one function that can be meant: with the driver's varchar, one
   * that somebody put beside it would be the closer match.
   */
  private static final String CREATE_ROLE =
      "SELECT public.databricks_create_role(?::pg_catalog.text, ?::pg_catalog.text)";

  /** Creates a role as the service principal does it, by {@code databricks_create_role}. */
  public static void createRole(
      DataSource database, String servicePrincipal, String identity, String type)
      throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        PreparedStatement call = connection.prepareStatement(CREATE_ROLE)) {
      statement.execute("SET ROLE " + quoted(servicePrincipal));
      call.setString(1, identity);
      call.setString(2, type);
      call.execute();
    }
  }

  private static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }
}
