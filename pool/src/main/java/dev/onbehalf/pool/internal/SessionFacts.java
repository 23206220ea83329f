package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.WrongSessionUserException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What the server says about a new session, learned in one round trip.
 *
 * @param sessionUser the role that logged in, which {@code SET ROLE} doesn't change
 */
record SessionFacts(String sessionUser) {
  private static final String QUERY = "select session_user";

  static SessionFacts ask(Connection connection) throws SQLException {
    SessionFacts facts;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUERY)) {
      if (!row.next()) {
        throw new SQLException("The server has no answer to: " + QUERY, "08P01");
      }
      facts = new SessionFacts(row.getString(1));
    }
    if (!connection.getAutoCommit()) {
      connection.rollback(); // the query has begun a transaction
    }
    return facts;
  }

  /**
   * Refuses a session of anyone else.
   *
   * @throws WrongSessionUserException if the role isn't exactly the expected one
   */
  void requireUser(String expected) throws WrongSessionUserException {
    if (!expected.equals(sessionUser)) {
      throw new WrongSessionUserException(expected, String.valueOf(sessionUser));
    }
  }
}
