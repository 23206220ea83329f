package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.RlsBypassException;
import dev.onbehalf.pool.WrongSessionUserException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the server says about a new session, learned in one round trip.
 *
 * @param sessionUser the role that logged in, which {@code SET ROLE} doesn't change
 * @param bypass why Row-Level Security doesn't hold the session; null when it does, or nobody asked
 */
record SessionFacts(String sessionUser, @Nullable Bypass bypass) {
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
   * A fresh backend has empty caches, so the query touches no more than one row of one view. It
   * says that the role is held by repeating its name; any other answer refuses the session.
   */
  private static final String WHO = "select session_user";
  private static final String WHO_AND_HELD =
      """
      select session_user,
             case when not rolsuper and not rolbypassrls and owner is null
                       and current_user = session_user then session_user end,
             case when rolsuper then 'SUPERUSER' when rolbypassrls then 'BYPASSRLS' end,
             owner,
             current_user
        from (select rolsuper, rolbypassrls, case %s end as owner
                from pg_catalog.pg_roles where rolname = session_user) role""";
  private static final String IS_MEMBER =
      "when pg_has_role(session_user, to_regrole(quote_ident(%1$s))::oid, 'MEMBER') then %1$s";

  /** Asks only whose session it is. */
  static SessionFacts ask(Connection connection) throws SQLException {
    return ask(connection, WHO, false);
  }

  /** Asks also whether Row-Level Security holds the role, which may be no member of the owners. */
  static SessionFacts ask(Connection connection, Collection<String> tableOwners)
      throws SQLException {
    return ask(connection, WHO_AND_HELD.formatted(membership(tableOwners)), true);
  }

  private static String membership(Collection<String> tableOwners) {
    return tableOwners.isEmpty()
        ? "when false then ''"
        : tableOwners.stream()
            .map(owner -> IS_MEMBER.formatted(literal(owner)))
            .collect(Collectors.joining(" "));
  }

  /** Means the same whatever standard_conforming_strings is (PostgreSQL manual, 4.1.2.2). */
  private static String literal(String value) {
    return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
  }

  private static SessionFacts ask(Connection connection, String query, boolean withBypass)
      throws SQLException {
    SessionFacts facts;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      if (!row.next()) {
        throw new SQLException("The server has no answer to: " + query, "08P01");
      }
      String sessionUser = row.getString(1);
      boolean held = !withBypass || Objects.equals(sessionUser, row.getString(2));
      facts = new SessionFacts(sessionUser, held ? null : Bypass.of(sessionUser, row));
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

  /**
   * Refuses a session that would see every row.
   *
   * @throws RlsBypassException naming the attribute and the SQL that removes it
   */
  void requireRowSecurity() throws RlsBypassException {
    if (bypass != null) {
      throw new RlsBypassException(sessionUser, bypass.attribute(), bypass.remedy());
    }
  }

  /** Why a role is above Row-Level Security, and the SQL that changes it. */
  private record Bypass(String attribute, String remedy) {
    static Bypass of(String user, ResultSet row) throws SQLException {
      String role = identifier(user);
      String attribute = row.getString(3);
      if (attribute != null) {
        return new Bypass("has " + attribute, "ALTER ROLE %s NO%s;".formatted(role, attribute));
      }
      String owner = row.getString(4);
      if (owner != null) {
        return new Bypass(
            "is a member of the tables' owner %s, directly or through other roles"
                .formatted(identifier(owner)),
            "REVOKE %s FROM %s;".formatted(identifier(owner), role));
      }
      return new Bypass(
          "begins its sessions as another role, " + identifier(String.valueOf(row.getString(5))),
          "ALTER ROLE %s RESET role;".formatted(role));
    }

    private static String identifier(String name) {
      return '"' + name.replace("\"", "\"\"") + '"';
    }
  }
}
