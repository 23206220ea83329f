package dev.onbehalf.playground;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Whom the database takes a connection for: {@code current_user} and {@code session_user}. */
record DatabaseUser(String currentUser, String sessionUser) {
  static final String SELECT = "SELECT current_user, session_user";

  static DatabaseUser of(ResultSet row) throws SQLException {
    return new DatabaseUser(row.getString("current_user"), row.getString("session_user"));
  }
}
