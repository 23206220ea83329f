package dev.onbehalf.lakebaselocal.internal.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import javax.sql.DataSource;

/** Makes of an empty PostgreSQL what Lakebase starts with: roles, a database, an extension. */
public final class DatabaseSetup {
  private DatabaseSetup() {}

  /**
   * Creates the service principal, its database, and the users.
   *
   * @param postgres the database {@code postgres}, as superuser
   * @param servicePrincipal owns the database and may create roles
   * @param users may log in, and nothing else
   * @param peers may do what the service principal may
   */
  public static void createRolesAndDatabase(
      DataSource postgres,
      String servicePrincipal,
      String database,
      Collection<String> users,
      Collection<String> peers)
      throws SQLException {
    try (Connection connection = postgres.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE " + quoted(servicePrincipal) + " LOGIN CREATEROLE");
      statement.execute(
          "CREATE DATABASE " + quoted(database) + " OWNER " + quoted(servicePrincipal));
      for (String peer : peers) {
        statement.addBatch(
            "CREATE ROLE %s LOGIN CREATEROLE IN ROLE %s"
                .formatted(quoted(peer), quoted(servicePrincipal)));
      }
      for (String user : users) {
        statement.addBatch("CREATE ROLE " + quoted(user) + " LOGIN");
      }
      statement.executeBatch();
    }
  }

  /** Has {@code databricks_create_role} there from the start. */
  public static void createExtension(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE EXTENSION databricks_auth");
    }
  }

  /** Creates a role as the service principal does it, by {@code databricks_create_role}. */
  public static void createRole(
      DataSource database, String servicePrincipal, String identity, String type)
      throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        PreparedStatement call =
            connection.prepareStatement("SELECT databricks_create_role(?, ?)")) {
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
