package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.RlsBypassException;
import dev.onbehalf.pool.WrongSessionUserException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks the server whose a new session is, and whether Row-Level Security holds it; as a rule in one
 * round trip. Whatever else it answers, the session is refused. Thread-safe.
 */
final class SessionCheck {
  /*
   * Who is above Row-Level Security (PostgreSQL manual, 5.9): superusers, roles with BYPASSRLS, and
   * the tables' owners with all who are members of them, through any chain: ownership is inherited.
   *
   * SUPERUSER and BYPASSRLS are not inherited (22.3): a member of such a role is held until it says
   * SET ROLE, which the person may do with any client. That is left alone: to find such members,
   * the server would read all roles at each login (on a fresh backend, 0.3 ms more with 50 roles,
   * 8 ms more with 20,000). But ALTER ROLE ... SET role makes the same happen without a word from
   * anybody, at login, and is refused: current_user must be session_user.
   *
   * A fresh backend has empty caches, and to read the one view that shows a role's attributes takes
   * it as long as a third of the login. So we ask the quick question wherever we can: of a table
   * under Row-Level Security, row_security_active() says in the server's own words whether it holds
   * this session, which it does for neither superusers nor roles with BYPASSRLS (9.27). Only if the
   * answer isn't a clear yes, or no such table is known yet, the roles are read: that says why, and
   * finds such a table. One that is dropped holds nobody, so it is soon replaced. For the same
   * reason the quick question compares nothing itself: each function, operator and cast in it is
   * looked up in catalogs that this backend has not read yet.
   *
   * All names are qualified, for ALTER ROLE ... SET search_path lets a role put functions of its
   * own in front of the server's.
   */
  private static final String WHO = "select session_user";
  private static final String QUICK =
      "select session_user, current_user,"
          + " pg_catalog.row_security_active(pg_catalog.oid '%d'), %s";
  private static final String THOROUGH =
      """
      select session_user,
             current_user,
             not rolsuper and not rolbypassrls,
             %s,
             case when rolsuper then 'SUPERUSER' when rolbypassrls then 'BYPASSRLS' end,
             (select oid from pg_catalog.pg_class where relrowsecurity limit 1)
        from pg_catalog.pg_roles
       where rolname operator(pg_catalog.=) session_user""";
  private static final String IS_MEMBER =
      "when pg_catalog.pg_has_role(session_user, pg_catalog.to_regrole(%s), 'MEMBER') then %s";

  private volatile Questions questions = new Questions(Set.of(), 0);

  /** What is asked, put together once. */
  private static final class Questions {
    private final Set<String> tableOwners;
    private final String thorough;

    /** Null while no table under Row-Level Security is known; any of them does. */
    private final @Nullable String quick;

    Questions(Set<String> tableOwners, long tableUnderRowSecurity) {
      String owner = ownerWhoseMember(tableOwners);
      this.tableOwners = tableOwners;
      thorough = THOROUGH.formatted(owner);
      quick = tableUnderRowSecurity == 0 ? null : QUICK.formatted(tableUnderRowSecurity, owner);
    }

    private static String ownerWhoseMember(Set<String> tableOwners) {
      if (tableOwners.isEmpty()) {
        return "null";
      }
      return tableOwners.stream()
          .map(owner -> IS_MEMBER.formatted(literal(identifier(owner)), literal(owner)))
          .collect(Collectors.joining(" ", "case ", " end"));
    }
  }

  /**
   * Refuses a session of anyone else.
   *
   * @throws WrongSessionUserException if the role isn't exactly the expected one
   */
  void requireUser(String user, Connection connection) throws SQLException {
    ask(connection, WHO, row -> requireSessionOf(user, row));
  }

  /**
   * Refuses a session of anyone else, and one that would see every row.
   *
   * @param tableOwners of whom the role may be no member
   * @throws WrongSessionUserException if the role isn't exactly the expected one
   * @throws RlsBypassException naming the attribute and the SQL that removes it
   */
  void requireHeldUser(String user, Connection connection, Set<String> tableOwners)
      throws SQLException {
    Questions asked = questions;
    if (!asked.tableOwners.equals(tableOwners)) {
      asked = new Questions(Set.copyOf(tableOwners), 0);
    }
    if (asked.quick != null && ask(connection, asked.quick, row -> isHeld(user, row))) {
      return;
    }
    long table = ask(connection, asked.thorough, row -> requireHeld(user, row));
    questions = new Questions(asked.tableOwners, table);
  }

  private interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private static <T> T ask(Connection connection, String query, Reader<T> reader)
      throws SQLException {
    T answer;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      if (!row.next()) {
        throw new SQLException("The server has no answer to: " + query, "08P01");
      }
      answer = reader.read(row);
    }
    if (!connection.getAutoCommit()) {
      connection.rollback(); // the query has begun a transaction
    }
    return answer;
  }

  private static String requireSessionOf(String expected, ResultSet row) throws SQLException {
    String user = row.getString(1);
    if (!expected.equals(user)) {
      throw new WrongSessionUserException(expected, String.valueOf(user));
    }
    return user;
  }

  private static boolean isHeld(String expected, ResultSet row) throws SQLException {
    String user = requireSessionOf(expected, row);
    return user.equals(row.getString(2)) && row.getBoolean(3) && row.getString(4) == null;
  }

  /** Reads the thorough answer; returns the table for the quick question, 0 if there is none. */
  private static long requireHeld(String expected, ResultSet row) throws SQLException {
    if (isHeld(expected, row)) {
      return row.getLong(6);
    }
    String role = identifier(expected);
    String attribute = row.getString(5);
    if (attribute != null) {
      throw new RlsBypassException(
          expected, "has " + attribute, "ALTER ROLE %s NO%s;".formatted(role, attribute));
    }
    String owner = row.getString(4);
    if (owner != null) {
      throw new RlsBypassException(
          expected,
          "is a member of the tables' owner %s, directly or through other roles"
              .formatted(identifier(owner)),
          "REVOKE %s FROM %s;".formatted(identifier(owner), role));
    }
    throw new RlsBypassException(
        expected,
        "begins its sessions as another role, " + identifier(String.valueOf(row.getString(2))),
        "ALTER ROLE %s RESET role;".formatted(role));
  }

  /** Means the same whatever standard_conforming_strings is (PostgreSQL manual, 4.1.2.2). */
  private static String literal(String value) {
    return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
  }

  private static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
