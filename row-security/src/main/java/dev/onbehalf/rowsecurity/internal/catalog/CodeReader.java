package dev.onbehalf.rowsecurity.internal.catalog;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Reads what runs: functions, triggers, rules and views, and what they call and read. */
final class CodeReader {
  private final ReadOnly transaction;
  private final Map<Long, Relation> relations;
  private final Map<Long, Function> functions = new LinkedHashMap<>();

  CodeReader(
      ReadOnly transaction, Map<Long, Relation> relations, Set<String> reportedSchemas, int version)
      throws SQLException {
    this.transaction = transaction;
    this.relations = relations;
    readFunctions(reportedSchemas, version);
  }

  Map<Long, Function> functions() {
    return functions;
  }

  private void readFunctions(Set<String> reportedSchemas, int version) throws SQLException {
    transaction.rows(
        """
        select p.oid::int8, n.nspname, p.proname, pg_get_function_identity_arguments(p.oid),
          p.proowner::int8, p.prosecdef, p.provolatile, p.proleakproof, p.proconfig, l.lanname,
          %s, format_type(p.prorettype, null), p.prokind = 'p',
          exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid
            and d.deptype = 'e')
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        join pg_language l on l.oid = p.prolang where"""
                .formatted(
                    version >= 140000
                        ? "coalesce(pg_get_function_sqlbody(p.oid), p.prosrc), p.prosqlbody is not null"
                        : "p.prosrc, false")
            + ReadOnly.NOT_THE_SYSTEMS
            + "order by n.nspname, p.proname, p.oid",
        row ->
            functions.put(
                row.getLong(1),
                new Function(
                    row.getLong(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getLong(5),
                    row.getBoolean(6),
                    row.getString(7).charAt(0),
                    row.getBoolean(8),
                    ReadOnly.strings(row.getArray(9)),
                    row.getString(10),
                    row.getString(11),
                    row.getBoolean(12),
                    row.getString(13),
                    row.getBoolean(14),
                    reportedSchemas.contains(row.getString(2)) && !row.getBoolean(15))));
  }

  List<Trigger> triggers() throws SQLException {
    List<Trigger> triggers = new ArrayList<>();
    transaction.rows(
        """
        select tgname, tgrelid::int8, tgfoid::int8, tgtype::int8, tgqual is not null,
          case when tgattr::text = '' then array[]::int8[]
            else string_to_array(tgattr::text, ' ')::int8[] end
        from pg_trigger
        where not tgisinternal and tgparentid = 0 and tgenabled in ('O', 'A') order by tgname""",
        row -> {
          Relation table = relations.get(row.getLong(2));
          Function function = functions.get(row.getLong(3));
          return table != null
              && function != null
              && triggers.add(
                  new Trigger(
                      row.getString(1),
                      table,
                      function,
                      row.getInt(4),
                      row.getBoolean(5),
                      table.names(row.getArray(6))));
        });
    return triggers;
  }

  /** Of tables: a view's own rule is its definition. */
  List<RewriteRule> rewriteRules() throws SQLException {
    List<RewriteRule> rules = new ArrayList<>();
    transaction.rows(
        """
        select rulename, ev_class::int8, pg_get_ruledef(oid),
          case ev_type when '2' then 'UPDATE' when '3' then 'INSERT' else 'DELETE' end
        from pg_rewrite
        where ev_type <> '1' and ev_enabled <> 'D' order by rulename""",
        row -> {
          Relation table = relations.get(row.getLong(2));
          return table != null
              && rules.add(
                  new RewriteRule(row.getString(1), table, row.getString(4), row.getString(3)));
        });
    return rules;
  }

  List<ForeignCode> calledCode() throws SQLException {
    List<ForeignCode> called = new ArrayList<>();
    transaction.rows(
        """
        with d as (
          select classid, objid, refobjid as function from pg_depend
          where refclassid = 'pg_proc'::regclass
          union
          select d.classid, d.objid, o.oprcode::oid
          from pg_depend d join pg_operator o on o.oid = d.refobjid
          where d.refclassid = 'pg_operator'::regclass)
        select c.oid::int8, ' column ' || quote_ident(a.attname), d.function::int8
        from d join pg_attrdef f on d.classid = 'pg_attrdef'::regclass and f.oid = d.objid
        join pg_class c on c.oid = f.adrelid
        join pg_attribute a on a.attrelid = f.adrelid and a.attnum = f.adnum
        union all
        select tgrelid::int8, ' trigger ' || quote_ident(tgname), tgfoid::int8 from pg_trigger
        where not tgisinternal
        union all
        select p.polrelid::int8, ' policy ' || quote_ident(p.polname), d.function::int8
        from d join pg_policy p on d.classid = 'pg_policy'::regclass and p.oid = d.objid
        union all
        select k.conrelid::int8, ' constraint ' || quote_ident(k.conname), d.function::int8
        from d join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid
        where k.conrelid <> 0
        union all
        select a.attrelid::int8, ' column ' || quote_ident(a.attname), d.function::int8
        from d join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid
        join pg_attribute a on a.atttypid = k.contypid and not a.attisdropped
        where k.contypid <> 0
        union all
        select i.indrelid::int8, ' index ' || quote_ident(c.relname), d.function::int8
        from d join pg_index i on d.classid = 'pg_class'::regclass and i.indexrelid = d.objid
        join pg_class c on c.oid = i.indexrelid""",
        row -> {
          Relation table = relations.get(row.getLong(1));
          Function function = functions.get(row.getLong(3));
          return table != null
              && function != null
              && called.add(
                  new ForeignCode(
                      table + row.getString(2), table.owner(), function, table.reported()));
        });
    transaction.rows(
        """
        select 'event trigger ' || quote_ident(evtname), evtowner::int8, evtfoid::int8
        from pg_event_trigger""",
        row -> {
          Function function = functions.get(row.getLong(3));
          return function != null
              && called.add(new ForeignCode(row.getString(1), row.getLong(2), function, true));
        });
    return called;
  }

  Map<Long, Set<Relation>> sources() throws SQLException {
    Map<Long, Set<Relation>> sources = new HashMap<>();
    transaction.rows(
        """
        select distinct r.ev_class::int8, d.refobjid::int8
        from pg_depend d join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
        where d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class and r.ev_type = '1'
        order by 1, 2""",
        row -> {
          ReadOnly.add(sources, row.getLong(1), relations.get(row.getLong(2)));
          return true;
        });
    return sources;
  }

  Map<Long, String> definitions() throws SQLException {
    Map<Long, String> definitions = new HashMap<>();
    transaction.rows(
        """
        select c.oid::int8, pg_get_viewdef(c.oid) from pg_class c
        join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('v', 'm') and"""
            + ReadOnly.NOT_THE_SYSTEMS,
        row -> definitions.put(row.getLong(1), Objects.requireNonNullElse(row.getString(2), "")));
    return definitions;
  }

  Map<Long, Set<Relation>> bodies() throws SQLException {
    Map<Long, Set<Relation>> bodies = new HashMap<>();
    transaction.rows(
        """
        select distinct objid::int8, refobjid::int8 from pg_depend
        where classid = 'pg_proc'::regclass and refclassid = 'pg_class'::regclass order by 1, 2""",
        row -> {
          ReadOnly.add(bodies, row.getLong(1), relations.get(row.getLong(2)));
          return true;
        });
    return bodies;
  }
}
