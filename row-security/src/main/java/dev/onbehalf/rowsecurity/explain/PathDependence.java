package dev.onbehalf.rowsecurity.explain;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What policies lean on, by any way: tables that they read, the policies of those, views,
 * functions, operators, and column defaults of the table itself.
 *
 * @param onSearchPath whether one of the functions looks names up when it runs, under the
 *     search_path that its caller has
 * @param onSessionUser whether somebody further away than the table's own policies asks for
 *     session_user: a policy of a table that they read, a view, a function
 * @param settings the server's own that somebody reads and that differ from session to session;
 *     {@code system_user} like one, and {@code search_path} for current_schema
 * @param closedSchemas those that the expressions themselves name, and on which the person has no
 *     USAGE. The server reads a policy once, when it is made; a text can be read by the person only
 *     where they have USAGE.
 */
record PathDependence(
    boolean onSearchPath, boolean onSessionUser, Set<String> settings, Set<String> closedSchemas) {
  private static final String CLOSURE =
      """
      WITH RECURSIVE used(class, object, depth) AS (
        SELECT 'pg_class'::regclass::oid, ?::oid, 0
        UNION
        SELECT e.class, e.object, e.depth
        FROM used u, LATERAL (
          SELECT d.refclassid AS class, d.refobjid AS object, 1 AS depth
          FROM pg_depend d
          WHERE d.classid = u.class AND d.objid = u.object
            AND u.class IN ('pg_policy'::regclass, 'pg_rewrite'::regclass, 'pg_attrdef'::regclass)
          UNION ALL
          SELECT 'pg_policy'::regclass, p.oid, u.depth FROM pg_policy p
          WHERE u.class = 'pg_class'::regclass AND p.polrelid = u.object
          UNION ALL
          SELECT 'pg_attrdef'::regclass, a.oid, u.depth FROM pg_attrdef a
          WHERE u.class = 'pg_class'::regclass AND a.adrelid = u.object AND u.depth = 0
          UNION ALL
          SELECT 'pg_rewrite'::regclass, r.oid, u.depth FROM pg_rewrite r
          WHERE u.class = 'pg_class'::regclass AND r.ev_class = u.object
          UNION ALL
          SELECT 'pg_proc'::regclass, o.oprcode::oid, u.depth FROM pg_operator o
          WHERE u.class = 'pg_operator'::regclass AND o.oid = u.object
        ) e
      ), named AS (
        SELECT CASE d.refclassid
            WHEN 'pg_class'::regclass THEN (SELECT relnamespace FROM pg_class WHERE oid = d.refobjid)
            WHEN 'pg_proc'::regclass THEN (SELECT pronamespace FROM pg_proc WHERE oid = d.refobjid)
            WHEN 'pg_type'::regclass THEN (SELECT typnamespace FROM pg_type WHERE oid = d.refobjid)
            WHEN 'pg_operator'::regclass
              THEN (SELECT oprnamespace FROM pg_operator WHERE oid = d.refobjid)
          END AS namespace
        FROM used u JOIN pg_depend d ON d.classid = u.class AND d.objid = u.object
        WHERE u.depth = 0 AND u.class IN ('pg_policy'::regclass, 'pg_attrdef'::regclass)
      ),
      texts AS (
        SELECT u.class, u.depth, CASE u.class
            WHEN 'pg_policy'::regclass THEN (
              SELECT concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
              FROM pg_policy WHERE oid = u.object)
            WHEN 'pg_attrdef'::regclass THEN (
              SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE oid = u.object)
            WHEN 'pg_rewrite'::regclass THEN pg_get_ruledef(u.object)
            WHEN 'pg_proc'::regclass THEN (
              SELECT concat(p.prosrc, %2$s) FROM pg_proc p WHERE p.oid = u.object AND p.oid >= 16384)
          END AS text
        FROM used u
      ), asked AS (
        SELECT lower(m[1]) AS name FROM texts,
          regexp_matches(text, 'current_setting\\s*\\(\\s*''([^'']*)', 'gi') m
        UNION SELECT 'search_path' FROM texts WHERE text ~* '\\mcurrent_schemas?\\M'
        UNION SELECT 'system_user' FROM texts WHERE text ~* '\\msystem_user\\M'
      )
      SELECT NULL AS schema, EXISTS (
        SELECT FROM used u JOIN pg_proc p ON p.oid = u.object JOIN pg_language l ON l.oid = p.prolang
        WHERE u.class = 'pg_proc'::regclass AND p.oid >= 16384 AND l.lanname NOT IN ('internal', 'c')
          AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE s LIKE 'search_path=%%')
          %1$s), EXISTS (
        SELECT FROM texts WHERE text ~* 'session_(user|authorization)'
          AND (depth > 0 OR class NOT IN ('pg_policy'::regclass, 'pg_attrdef'::regclass))), NULL
      UNION ALL
      SELECT DISTINCT n.nspname, false, false, NULL
      FROM named JOIN pg_namespace n ON n.oid = named.namespace
      WHERE NOT has_schema_privilege(?::oid, n.oid, 'USAGE')
      UNION ALL
      SELECT NULL, false, false, a.name FROM asked a LEFT JOIN pg_settings s ON lower(s.name) = a.name
      WHERE a.name !~ '\\.' AND a.name <> 'is_superuser'
        AND (s.context IS NULL OR s.context ~ 'user|backend')\
      """;

  /** A body of the SQL standard was read when the function was made. */
  private static final String NOT_READ_YET = "AND p.prosqlbody IS NULL";

  private static final String BODY = "pg_get_function_sqlbody(p.oid)";

  private record Found(String schema, boolean onPath, boolean onSessionUser, String setting) {
    static Found of(ResultSet row) throws SQLException {
      return new Found(
          Objects.requireNonNullElse(row.getString(1), ""),
          row.getBoolean(2),
          row.getBoolean(3),
          Objects.requireNonNullElse(row.getString(4), ""));
    }
  }

  static PathDependence read(Session session, Facts facts) throws SQLException {
    boolean parsed = facts.version() >= 140_000;
    List<Found> found =
        session.list(
            CLOSURE.formatted(parsed ? NOT_READ_YET : "", parsed ? BODY : "''"),
            Found::of,
            facts.table().oid(),
            facts.person().oid());
    return new PathDependence(
        found.stream().anyMatch(Found::onPath),
        found.stream().anyMatch(Found::onSessionUser),
        names(found, Found::setting),
        names(found, Found::schema));
  }

  private static Set<String> names(List<Found> found, Function<Found, String> name) {
    return found.stream()
        .map(name)
        .filter(each -> !each.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
