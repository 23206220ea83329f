package dev.onbehalf.pool.internal.login;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The roles by which all rows can be read, and the question, of a session, whether its user has or
 * may take one of them.
 */
final class RolesAbove {
  /*
   * SUPERUSER and BYPASSRLS see every row (PostgreSQL manual, 5.9). REPLICATION reads all changes by
   * logical decoding, which knows no policies, and whole tables by a base backup (54.4). Attributes
   * are not inherited (22.3), but SET ROLE takes them: so a session is asked whether it may, or may
   * give itself the right to. Before PostgreSQL 16, CREATEROLE could make itself a member of any
   * role that is no superuser.
   *
   * The predefined roles (22.5) are asked about by their fixed object ids; a version that has one
   * not has no member of it. The three for files and programs read and write past all checks, the
   * server's own configuration included. pg_read_all_data (6181) reads pg_statistic, where samples
   * of everybody's rows are; pg_write_all_data (6182) writes the tables that policies look into.
   *
   * All names are qualified, for ALTER ROLE ... SET search_path lets a role put functions of its
   * own in front of the server's.
   */
  static final String HAVE_AN_ATTRIBUTE =
      """
      (rolsuper or rolbypassrls or rolreplication
       or (rolcreaterole and pg_catalog.current_setting('server_version_num')::pg_catalog.int4
                             operator(pg_catalog.<) 160000))""";

  static final String PREDEFINED = "'{4569,4570,4571,6181,6182}'::pg_catalog.oid[]";

  private static final String ATTRIBUTE =
      """
      case when rolsuper then 'SUPERUSER' when rolbypassrls then 'BYPASSRLS'
           when rolreplication then 'REPLICATION' else 'CREATEROLE' end""";

  /**
   * Any membership counts, also one without SET (PostgreSQL 16): who has ADMIN on a link of the
   * chain gives it to themselves.
   */
  private static final String OF_WHICH_A_MEMBER =
      "pg_catalog.pg_has_role(session_user, oid, 'MEMBER') limit 1";

  private RolesAbove() {}

  /** A role and what it has. */
  record Role(String name, String attribute) {}

  /**
   * A session's answer.
   *
   * @param attribute what its user has
   * @param owner of whom they are a member
   * @param predefined role of the server's of which they are a member
   * @param taken the role that they may take
   */
  record Answer(
      String sessionUser,
      String currentUser,
      Optional<String> attribute,
      Optional<String> owner,
      Optional<String> predefined,
      Optional<Role> taken) {}

  /** Asks a session; one round trip. */
  static Answer ask(Connection connection, Set<String> tableOwners) throws SQLException {
    return ReadCommitted.ask(
        connection,
        question(tableOwners),
        row ->
            new Answer(
                row.getString(1),
                row.getString(2),
                Optional.ofNullable(row.getString(3)),
                Optional.ofNullable(row.getString(4)),
                Optional.ofNullable(row.getString(5)),
                Optional.ofNullable(role(row.getString(6)))));
  }

  private static String question(Set<String> tableOwners) {
    return """
        select session_user, current_user,
               (select %s from pg_catalog.pg_roles
                 where rolname operator(pg_catalog.=) session_user and %s),
               (select rolname from pg_catalog.pg_roles
                 where rolname operator(pg_catalog.=) any (%s) and %s),
               (select rolname from pg_catalog.pg_roles
                 where oid operator(pg_catalog.=) any (%s) and %s),
               (select pg_catalog.format('%%s %%s', %s, rolname) from pg_catalog.pg_roles
                 where %s and %s)"""
        .formatted(
            ATTRIBUTE,
            HAVE_AN_ATTRIBUTE,
            names(tableOwners),
            OF_WHICH_A_MEMBER,
            PREDEFINED,
            OF_WHICH_A_MEMBER,
            ATTRIBUTE,
            HAVE_AN_ATTRIBUTE,
            OF_WHICH_A_MEMBER);
  }

  private static @Nullable Role role(@Nullable String attributeAndName) {
    if (attributeAndName == null) {
      return null;
    }
    String[] parts = attributeAndName.split(" ", 2);
    return new Role(parts[1], parts[0]);
  }

  /** An array of names in SQL. */
  static String names(Set<String> names) {
    return names.stream()
        .map(RolesAbove::literal)
        .collect(Collectors.joining(", ", "array[", "]::pg_catalog.name[]"));
  }

  /** Means the same whatever standard_conforming_strings is (PostgreSQL manual, 4.1.2.2). */
  private static String literal(String value) {
    return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
  }

  static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
