package dev.onbehalf.rowsecurity.explain;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Through which groups a person has what a role has: shortest chains, over memberships that are
 * inherited, as has_privs_of_role() of PostgreSQL goes, and over all.
 */
final class RolePaths {
  private static final int PER_MEMBERSHIP = 160_000;
  private static final int DATABASE_OWNER = 140_000;

  private static final String EDGES =
      """
      WITH RECURSIVE reached(oid) AS (
        SELECT ?::oid
        UNION
        SELECT m.roleid FROM reached JOIN pg_auth_members m ON m.member = reached.oid
      ), edges(member, roleid, inherited) AS (
        SELECT m.member, m.roleid, %s
        FROM reached JOIN pg_auth_members m ON m.member = reached.oid
        JOIN pg_roles r ON r.oid = m.member
        %s
      )
      SELECT a.rolname, b.rolname, bool_or(e.inherited)
      FROM edges e JOIN pg_roles a ON a.oid = e.member JOIN pg_roles b ON b.oid = e.roleid
      GROUP BY a.rolname, b.rolname ORDER BY a.rolname, b.rolname\
      """;

  /** Its one member is the owner of the database, with or without a row that says so. */
  private static final String OWNER_EDGE =
      """
      UNION ALL SELECT reached.oid, g.oid, true
      FROM reached JOIN pg_database d ON d.datdba = reached.oid AND d.datname = current_database()
      JOIN pg_roles g ON g.rolname = 'pg_database_owner'\
      """;

  private record Edge(String member, String role, boolean inherited) {}

  private final String person;
  private final Map<String, String> inherited;
  private final Map<String, String> any;

  private RolePaths(String person, List<Edge> edges) {
    this.person = person;
    this.inherited = shortest(person, edges.stream().filter(Edge::inherited).toList());
    this.any = shortest(person, edges);
  }

  static RolePaths read(Session session, Facts facts) throws SQLException {
    String edges =
        EDGES.formatted(
            facts.version() >= PER_MEMBERSHIP ? "m.inherit_option" : "r.rolinherit",
            facts.version() >= DATABASE_OWNER ? OWNER_EDGE : "");
    return new RolePaths(
        facts.person().name(),
        session.list(
            edges,
            row -> new Edge(row.getString(1), row.getString(2), row.getBoolean(3)),
            facts.person().oid()));
  }

  /** From each role that is reached to the one before it. */
  private static Map<String, String> shortest(String person, List<Edge> edges) {
    Map<String, String> before = new HashMap<>();
    Deque<String> next = new ArrayDeque<>(List.of(person));
    while (!next.isEmpty()) {
      String member = next.remove();
      for (Edge edge : edges) {
        if (edge.member().equals(member)
            && !edge.role().equals(person)
            && before.putIfAbsent(edge.role(), member) == null) {
          next.add(edge.role());
        }
      }
    }
    return before;
  }

  /** From the person to the role, both included; null if its rights are not theirs. */
  @Nullable List<String> inherited(String role) {
    return chain(inherited, role);
  }

  /** The same over memberships that would have to be taken up by SET ROLE. */
  @Nullable List<String> any(String role) {
    return chain(any, role);
  }

  private @Nullable List<String> chain(Map<String, String> before, String role) {
    List<String> chain = new ArrayList<>(List.of(role));
    for (String at = role; !at.equals(person); chain.add(at)) {
      String previous = before.get(at);
      if (previous == null) {
        return null;
      }
      at = previous;
    }
    Collections.reverse(chain);
    return chain;
  }
}
