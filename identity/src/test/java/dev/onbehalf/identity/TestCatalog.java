package dev.onbehalf.identity;

import java.sql.Connection;
import java.sql.SQLException;

/** What tests of other modules ask the catalog. */
public final class TestCatalog {
  private TestCatalog() {}

  public static boolean hasRole(Connection connection, String role) throws SQLException {
    return new RoleCatalog(connection).hasRole(role);
  }
}
