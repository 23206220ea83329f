package dev.onbehalf.rowsecurity.internal.catalog;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What calls what, by the server's own record of it, operators' functions among them.
 *
 * @param byFunction what functions call whose body was parsed when they were made
 * @param byView what views call
 * @param byEvents functions that event triggers call
 * @param volatileNames the system's functions that are volatile in each of their forms
 */
public record Calls(
    Map<Long, Set<Function>> byFunction,
    Map<Long, Set<Function>> byView,
    Set<Long> byEvents,
    Set<String> volatileNames) {

  static Calls read(ReadOnly transaction, Map<Long, Function> functions) throws SQLException {
    Map<Long, Set<Function>> byFunction = new HashMap<>();
    Map<Long, Set<Function>> byView = new HashMap<>();
    transaction.rows(
        """
        select r.ev_class is not null, coalesce(r.ev_class, d.objid)::int8,
          coalesce(o.oprcode::oid, d.refobjid)::int8
        from pg_depend d
        left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
        left join pg_operator o on d.refclassid = 'pg_operator'::regclass and o.oid = d.refobjid
        where d.classid in ('pg_proc'::regclass, 'pg_rewrite'::regclass)
          and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass)""",
        row -> {
          Function called = functions.get(row.getLong(3));
          return called != null
              && (row.getBoolean(1) ? byView : byFunction)
                  .computeIfAbsent(row.getLong(2), key -> new LinkedHashSet<>())
                  .add(called);
        });
    return new Calls(
        byFunction,
        byView,
        new HashSet<>(
            transaction.rows(
                "select evtfoid::int8 from pg_event_trigger where evtenabled in ('O', 'A')",
                row -> row.getLong(1))),
        new HashSet<>(
            transaction.rows(
                """
                select proname from pg_proc where pronamespace = 'pg_catalog'::regnamespace
                group by 1 having bool_and(provolatile = 'v')""",
                row -> row.getString(1))));
  }
}
