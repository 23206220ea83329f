package dev.onbehalf.lakebaselocal.internal.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;

/** Makes of an empty PostgreSQL what Lakebase starts with: roles, a database, an extension. */
public final class DatabaseSetup {
  private static final List<String> EXTENSION_FILES =
      List.of("databricks_auth.control", "databricks_auth--1.0.sql");

  private DatabaseSetup() {}

  /**
   * Creates the service principal, its database, and the users; in the database {@code postgres}.
   *
   * @param servicePrincipal owns the database and may create roles
   */
  public static void createRolesAndDatabase(
      DataSource postgres, String servicePrincipal, String database, Collection<String> users)
      throws SQLException, IOException {
    try (Connection connection = postgres.getConnection();
        Statement statement = connection.createStatement()) {
      installExtension(statement);
      statement.execute("CREATE ROLE " + quoted(servicePrincipal) + " LOGIN CREATEROLE");
      statement.execute(
          "CREATE DATABASE " + quoted(database) + " OWNER " + quoted(servicePrincipal));
      for (String user : users) {
        statement.addBatch("CREATE ROLE " + quoted(user) + " LOGIN");
      }
      statement.executeBatch();
    }
  }

  /** Creates roles with all that the service principal may do; the passwords are the gateway's. */
  public static void createPeersOf(
      DataSource postgres, String servicePrincipal, Collection<String> names) throws SQLException {
    try (Connection connection = postgres.getConnection();
        Statement statement = connection.createStatement()) {
      for (String name : names) {
        statement.execute(
            "CREATE ROLE %s LOGIN CREATEROLE IN ROLE %s"
                .formatted(quoted(name), quoted(servicePrincipal)));
      }
    }
  }

  /** {@code databricks_create_role} is there from the start. */
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
        var call = connection.prepareStatement("SELECT databricks_create_role(?, ?)")) {
      statement.execute("SET ROLE " + quoted(servicePrincipal));
      call.setString(1, identity);
      call.setString(2, type);
      call.execute();
    }
  }

  /**
   * Adds the extension to the unpacked PostgreSQL, which other instances share: the files come
   * whole and only when they are not there yet.
   */
  private static void installExtension(Statement statement) throws SQLException, IOException {
    Path folder;
    try (ResultSet row =
        statement.executeQuery("SELECT setting FROM pg_config WHERE name = 'SHAREDIR'")) {
      row.next();
      folder = Path.of(row.getString(1), "extension");
    }
    for (String name : EXTENSION_FILES) {
      byte[] content = Resources.text(name).getBytes(StandardCharsets.UTF_8);
      Path file = folder.resolve(name);
      if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
        Path temporary = Files.createTempFile(folder, "databricks_auth", ".new");
        Files.write(temporary, content);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }
}
