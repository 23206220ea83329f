package dev.onbehalf.pool.internal;

import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The roles with an attribute by which all rows can be read, as a database had them at one moment,
 * and the question, put together once, whether a session has or may take one of them. Immutable.
 */
final class RolesAbove {
  /*
   * SUPERUSER and BYPASSRLS see every row (PostgreSQL manual, 5.9). REPLICATION reads all changes by
   * logical decoding, which knows no policies, and whole tables by a base backup (54.4). Attributes
   * are not inherited (22.3), but SET ROLE takes them: so a session is asked whether it may, or may
   * give itself the right to. Before PostgreSQL 16, CREATEROLE could make itself a member of any
   * role that is no superuser.
   *
   * The predefined roles (22.5) are asked about by their fixed object ids; the server says "no" to
   * one that its version has not. The three for files and programs read and write past all checks,
   * the server's own configuration included. pg_read_all_data reads pg_statistic, where samples of
   * everybody's rows are; pg_write_all_data writes the tables that policies look into.
   */
  private static final Map<Long, String> PREDEFINED =
      Map.of(
          4569L, "pg_read_server_files",
          4570L, "pg_write_server_files",
          4571L, "pg_execute_server_program",
          6181L, "pg_read_all_data",
          6182L, "pg_write_all_data");

  /** Tells that pg_authid (1260) has changed; the server counts within some seconds (27.2). */
  private static final String CHANGES = "pg_catalog.pg_stat_get_mod_since_analyze(1260)";

  private static final String LIST =
      """
      select session_user,
             current_user,
             (select pg_catalog.array_agg(pg_catalog.format('%s %s %s', oid,
                       case when rolsuper then 'SUPERUSER' when rolbypassrls then 'BYPASSRLS'
                            when rolreplication then 'REPLICATION' else 'CREATEROLE' end, rolname))
                from pg_catalog.pg_roles
               where rolsuper or rolbypassrls or rolreplication or (rolcreaterole and not pg16)),
             (select oid from pg_catalog.pg_class where relrowsecurity limit 1),
      """
          + CHANGES
          + " from (select pg_catalog.current_setting('server_version_num')::pg_catalog.int4"
          + " operator(pg_catalog.>=) 160000) as version(pg16)";

  /** So many are asked about one by one, which needs no plan for a set. */
  private static final int FEW = 20;

  private static final String IS_MEMBER =
      "when pg_catalog.pg_has_role(session_user, %s, 'MEMBER') then %s";

  /** A role and what it has. */
  record Role(String name, String attribute) {}

  private final Set<String> tableOwners;
  private final Map<Long, Role> roles;
  private final long changes;
  private final long readAt;
  private final String question;

  private RolesAbove(
      Set<String> tableOwners,
      long tableUnderRowSecurity,
      long changes,
      Map<Long, Role> roles,
      long readAt) {
    this.tableOwners = tableOwners;
    this.roles = roles;
    this.changes = changes;
    this.readAt = readAt;
    String held =
        tableUnderRowSecurity == 0
            ? "null::pg_catalog.bool"
            : "pg_catalog.row_security_active(pg_catalog.oid '" + tableUnderRowSecurity + "')";
    question =
        "select session_user, current_user, "
            + String.join(
                ", ", held, ownerWhoseMember(tableOwners), predefined(), taken(roles), CHANGES);
  }

  /** Reads them anew. */
  static RolesAbove read(Connection connection, Set<String> tableOwners, long now)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(LIST)) {
      if (!row.next()) {
        throw new SQLException("The server has no answer to: " + LIST, "08P01");
      }
      Map<Long, Role> roles = roles(row.getArray(3));
      long table = row.getLong(4);
      return new RolesAbove(Set.copyOf(tableOwners), table, row.getLong(5), roles, now);
    }
  }

  private static Map<Long, Role> roles(@Nullable Array list) throws SQLException {
    Map<Long, Role> roles = new LinkedHashMap<>();
    if (list != null) {
      for (Object entry : (Object[]) list.getArray()) {
        String[] parts = entry.toString().split(" ", 3);
        roles.put(Long.parseLong(parts[0]), new Role(parts[2], parts[1]));
      }
    }
    return roles;
  }

  /** Whether they were read within this time, for these owners. */
  boolean areOf(Set<String> owners, long now, long maxAge) {
    return now - readAt < maxAge && tableOwners.equals(owners);
  }

  /** Asks what a session may do; one round trip, and no table is read. */
  Answer ask(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(question)) {
      if (!row.next()) {
        throw new SQLException("The server has no answer to: " + question, "08P01");
      }
      return new Answer(
          row.getString(1),
          row.getString(2),
          row.getBoolean(3),
          Optional.ofNullable(row.getString(4)),
          Optional.ofNullable(PREDEFINED.get(row.getLong(5))),
          Optional.ofNullable(roles.get(row.getLong(6))),
          changes == row.getLong(7));
    }
  }

  /** What one of the roles has. */
  Optional<String> attributeOf(String user) {
    return roles.values().stream()
        .filter(role -> role.name().equals(user))
        .map(Role::attribute)
        .findAny();
  }

  /**
   * A session's answer.
   *
   * @param held whether Row-Level Security holds it, in the server's own words (9.27); false if no
   *     table is known to ask that of
   * @param owner of whom it is a member
   * @param predefined role of the server's of which it is a member
   * @param taken the role that it has or may take
   * @param current whether the roles had not changed since they were read
   */
  record Answer(
      String sessionUser,
      String currentUser,
      boolean held,
      Optional<String> owner,
      Optional<String> predefined,
      Optional<Role> taken,
      boolean current) {

    /** Without a doubt held, by what is known now. */
    boolean isClear() {
      return held
          && current
          && sessionUser.equals(currentUser)
          && owner.isEmpty()
          && predefined.isEmpty()
          && taken.isEmpty();
    }
  }

  private static String ownerWhoseMember(Set<String> tableOwners) {
    if (tableOwners.isEmpty()) {
      return "null";
    }
    return tableOwners.stream()
        .map(
            owner ->
                IS_MEMBER.formatted(
                    "pg_catalog.to_regrole(" + literal(identifier(owner)) + ")", literal(owner)))
        .collect(Collectors.joining(" ", "case ", " end"));
  }

  private static String predefined() {
    return PREDEFINED.keySet().stream()
        .map(oid -> IS_MEMBER.formatted(oid, oid))
        .collect(Collectors.joining(" ", "case ", " end"));
  }

  /**
   * Any membership counts, also one without SET (PostgreSQL 16): who has ADMIN on a link of the
   * chain gives it to themselves.
   */
  private static String taken(Map<Long, Role> roles) {
    String has = "pg_catalog.pg_has_role(session_user, %s, 'MEMBER')";
    LongStream oids = roles.keySet().stream().mapToLong(Long::longValue);
    if (roles.isEmpty()) {
      return "null";
    }
    if (roles.size() <= FEW) {
      return oids.mapToObj(oid -> "when " + has.formatted(oid) + " then " + oid)
          .collect(Collectors.joining(" ", "case ", " end"));
    }
    return oids.mapToObj(Long::toString)
        .collect(
            Collectors.joining(
                ",",
                "(select role from pg_catalog.unnest('{",
                "}'::pg_catalog.oid[]) as role where " + has.formatted("role") + " limit 1)"));
  }

  /** Means the same whatever standard_conforming_strings is (PostgreSQL manual, 4.1.2.2). */
  private static String literal(String value) {
    return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
  }

  static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
