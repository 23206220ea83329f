package dev.onbehalf.rowsecurity.internal.catalog;

import dev.onbehalf.rowsecurity.internal.catalog.Relation.Column;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import java.sql.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads tables and views, and what holds of their rows: policies, keys, indexes, parents. */
final class TableReader {
  private final ReadOnly transaction;
  private final Map<Long, Relation> relations = new LinkedHashMap<>();

  TableReader(ReadOnly transaction, Set<String> reportedSchemas) throws SQLException {
    this.transaction = transaction;
    readRelations(reportedSchemas);
  }

  Map<Long, Relation> relations() {
    return relations;
  }

  private void readRelations(Set<String> reportedSchemas) throws SQLException {
    Map<Long, List<Column>> columns = new HashMap<>();
    transaction.rows(
        """
        select a.attrelid::int8, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
          a.attnotnull, a.attidentity = 'a' or a.attgenerated <> '',
          case a.attidentity when 'd' then 'nextval()'
            else coalesce(pg_get_expr(d.adbin, d.adrelid), '') end
        from pg_attribute a
        join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'v', 'm', 'f')
        join pg_namespace n on n.oid = c.relnamespace
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attnum > 0 and not a.attisdropped and"""
            + ReadOnly.NOT_THE_SYSTEMS
            + "order by 1, 2",
        row -> {
          columns
              .computeIfAbsent(row.getLong(1), key -> new ArrayList<>())
              .add(
                  new Column(
                      row.getInt(2),
                      row.getString(3),
                      row.getString(4),
                      row.getBoolean(5),
                      row.getBoolean(6),
                      row.getString(7)));
          return row.getLong(1);
        });
    transaction.rows(
        """
        select c.oid::int8, n.nspname, c.relname, c.relkind, c.relowner::int8, c.relrowsecurity,
          c.relforcerowsecurity, c.relispartition, c.reloptions, c.reltuples,
          exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
            and d.deptype = 'e')
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and"""
            + ReadOnly.NOT_THE_SYSTEMS
            + "order by n.nspname, c.relname",
        row -> {
          long oid = row.getLong(1);
          String schema = row.getString(2);
          return relations.put(
              oid,
              new Relation(
                  oid,
                  schema,
                  row.getString(3),
                  row.getString(4).charAt(0),
                  row.getLong(5),
                  row.getBoolean(6),
                  row.getBoolean(7),
                  row.getBoolean(8),
                  ReadOnly.strings(row.getArray(9)),
                  row.getDouble(10),
                  reportedSchemas.contains(schema) && !row.getBoolean(11),
                  columns.getOrDefault(oid, List.of())));
        });
  }

  List<Policy> policies(Map<Long, Function> functions) throws SQLException {
    Map<Long, Set<Relation>> read = new HashMap<>();
    Map<Long, Set<Function>> called = new HashMap<>();
    transaction.rows(
        """
        select objid::int8, refclassid = 'pg_class'::regclass, refobjid::int8 from pg_depend
        where classid = 'pg_policy'::regclass and deptype = 'n'
          and refclassid in ('pg_class'::regclass, 'pg_proc'::regclass)
        union
        select d.objid::int8, false, o.oprcode::oid::int8
        from pg_depend d join pg_operator o on o.oid = d.refobjid
        where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_operator'::regclass""",
        row -> {
          long policy = row.getLong(1);
          if (row.getBoolean(2)) {
            ReadOnly.add(read, policy, relations.get(row.getLong(3)));
          } else {
            ReadOnly.add(called, policy, functions.get(row.getLong(3)));
          }
          return policy;
        });
    List<Policy> policies = new ArrayList<>();
    transaction.rows(
        """
        select oid::int8, polname, polrelid::int8, polcmd, polpermissive, polroles::int8[],
          pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
        from pg_policy order by polname""",
        row -> {
          Relation table = relations.get(row.getLong(3));
          return table != null
              && policies.add(
                  new Policy(
                      row.getString(2),
                      table,
                      row.getString(4).charAt(0),
                      row.getBoolean(5),
                      List.of((Long[]) row.getArray(6).getArray()),
                      expression(row.getString(7)),
                      expression(row.getString(8)),
                      read.getOrDefault(row.getLong(1), Set.of()),
                      called.getOrDefault(row.getLong(1), Set.of())));
        });
    return policies;
  }

  private static Optional<Expression> expression(@Nullable String text) {
    return Optional.ofNullable(text).map(Expression::of);
  }

  List<Key> keys() throws SQLException {
    List<Key> keys = new ArrayList<>();
    transaction.rows(
        """
        select conname, conrelid::int8, conkey::int8[], confrelid::int8, confkey::int8[],
          confdeltype, confupdtype, pg_get_constraintdef(oid)
        from pg_constraint where contype = 'f' and conparentid = 0 order by conname""",
        row -> {
          Relation table = relations.get(row.getLong(2));
          Relation target = relations.get(row.getLong(4));
          return table != null
              && target != null
              && keys.add(
                  new Key(
                      row.getString(1),
                      table,
                      table.names(row.getArray(3)),
                      target,
                      target.names(row.getArray(5)),
                      row.getString(6).charAt(0),
                      row.getString(7).charAt(0),
                      row.getString(8)));
        });
    return keys;
  }

  /** The first column's operators that answer "equal" or any other question of its family. */
  Map<Long, List<Index>> indexes() throws SQLException {
    Map<Long, List<Index>> indexes = new HashMap<>();
    transaction.rows(
        """
        select i.indrelid::int8, c.relname, coalesce(k.conname, ''), m.amname, i.indisunique,
          i.indisprimary, i.indpred is not null, (string_to_array(i.indkey::text, ' ')::int8[])[1:i.indnkeyatts],
          (select coalesce(bool_or(f.proleakproof), false)
            from pg_opclass o join pg_amop a on a.amopfamily = o.opcfamily
              join pg_operator p on p.oid = a.amopopr join pg_proc f on f.oid = p.oprcode
            where o.oid = i.indclass[0]
              and (a.amoplefttype = o.opcintype or o.opcintype = 'anyarray'::regtype)),
          i.indcollation[0] = '"C"'::regcollation,
          coalesce(pg_get_constraintdef(k.oid), pg_get_indexdef(i.indexrelid))
        from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
        join pg_namespace n on n.oid = c.relnamespace
        left join pg_constraint k on k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
          and k.conrelid = i.indrelid
        where i.indisvalid and"""
            + ReadOnly.NOT_THE_SYSTEMS
            + " order by c.relname",
        row -> {
          Relation table = relations.get(row.getLong(1));
          if (table == null) {
            return false;
          }
          return indexes
              .computeIfAbsent(table.oid(), key -> new ArrayList<>())
              .add(
                  new Index(
                      row.getString(2),
                      table,
                      row.getString(3),
                      row.getString(4),
                      row.getBoolean(5),
                      row.getBoolean(6),
                      row.getBoolean(7),
                      row.getBoolean(9),
                      row.getBoolean(10),
                      table.names(row.getArray(8)),
                      row.getString(11)));
        });
    return indexes;
  }

  Map<Long, Set<Relation>> parents() throws SQLException {
    Map<Long, Set<Relation>> parents = new HashMap<>();
    transaction.rows(
        "select inhrelid::int8, inhparent::int8 from pg_inherits order by inhrelid, inhseqno",
        row -> {
          ReadOnly.add(parents, row.getLong(1), relations.get(row.getLong(2)));
          return true;
        });
    return parents;
  }

  /**
   * Of the columns that a policy compares, what the planner keeps; what we may not see is not
   * there.
   */
  Map<Long, Map<String, List<String>>> samples() throws SQLException {
    Map<Long, Map<String, List<String>>> samples = new HashMap<>();
    transaction.rows(
        """
        select c.oid::int8, s.attname, s.most_common_vals::text::text[] || s.histogram_bounds::text::text[]
        from pg_stats s join pg_namespace n on n.nspname = s.schemaname
        join pg_class c on c.relnamespace = n.oid and c.relname = s.tablename
        join pg_attribute a on a.attrelid = c.oid and a.attname = s.attname
        where a.atttypid in ('text'::regtype, 'varchar'::regtype, 'name'::regtype)
          and c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid)
          and s.tablename = any (array(
            select c.relname from pg_policy p join pg_class c on c.oid = p.polrelid)) and"""
            + ReadOnly.NOT_THE_SYSTEMS,
        row -> {
          Array values = row.getArray(3);
          if (values != null) {
            samples
                .computeIfAbsent(row.getLong(1), key -> new HashMap<>())
                .put(row.getString(2), ReadOnly.strings(values));
          }
          return true;
        });
    return samples;
  }
}
