package dev.onbehalf.lakebaselocal.internal.workspace;

import java.sql.SQLException;

/** Creates a login role in the database, with the rights of the service principal. */
@FunctionalInterface
public interface RoleCreator {
  void create(String identity, String type) throws SQLException;
}
