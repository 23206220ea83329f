package dev.onbehalf.rowsecurity.internal.catalog;

import dev.onbehalf.rowsecurity.Scope;
import dev.onbehalf.rowsecurity.internal.catalog.Relation.Column;
import dev.onbehalf.rowsecurity.internal.catalog.Snapshot.CatalogGrant;
import dev.onbehalf.rowsecurity.internal.catalog.Snapshot.LargeObject;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the catalogs, a question for each, and nothing of it twice. All names in the questions are
 * PostgreSQL's own: see {@link ReadOnly}.
 */
public final class CatalogReader {
  private static final String NOT_THE_SYSTEMS =
      " n.nspname !~ '^pg_' and n.nspname <> 'information_schema' ";

  private final ReadOnly transaction;
  private final Scope scope;
  private final int version;
  private final Map<String, Long> schemas = new LinkedHashMap<>();
  private final Set<String> reportedSchemas = new LinkedHashSet<>();
  private final Map<Long, Relation> relations = new LinkedHashMap<>();
  private final Map<Long, Function> functions = new LinkedHashMap<>();

  private CatalogReader(ReadOnly transaction, Scope scope) throws SQLException {
    this.transaction = transaction;
    this.scope = scope;
    this.version =
        transaction
            .rows("select current_setting('server_version_num')::int", row -> row.getInt(1))
            .get(0);
  }

  /**
   * Asks all questions.
   *
   * @throws IllegalArgumentException if a schema or a role of the scope does not exist
   */
  public static Catalog read(ReadOnly transaction, Scope scope) throws SQLException {
    return new CatalogReader(transaction, scope).read();
  }

  private Catalog read() throws SQLException {
    Map<Long, Role> roles = roles();
    Outside outside = Outside.read(transaction);
    Memberships memberships = new Memberships(memberships(roles, outside));
    List<RoleSetting> settings = settings();
    readSchemas();
    readRelations();
    readFunctions();
    List<Grant> grants = grants();
    List<Policy> policies = policies();
    Snapshot snapshot =
        new Snapshot(
            version,
            transaction.rows("select current_database()", row -> row.getString(1)).get(0),
            roles,
            memberships,
            settings,
            schemas,
            reportedSchemas,
            relations,
            grants,
            policies,
            functions,
            triggers(),
            keys(),
            indexes(),
            calledCode(),
            sources(),
            definitions(),
            bodies(),
            parents(),
            parameters(),
            samples(),
            largeObjects(),
            catalogGrants(),
            isOn("lo_compat_privileges"),
            outside,
            rewriteRules(),
            Calls.read(transaction, functions),
            foldingCollations(),
            schemaMakers());
    return new Catalog(
        snapshot,
        People.of(
            scope,
            roles,
            memberships,
            named(grants, policies, settings, snapshot),
            owners(outside)));
  }

  private Set<Long> owners(Outside outside) {
    Set<Long> owners = outside.owners();
    functions.values().forEach(function -> owners.add(function.owner()));
    relations.values().forEach(relation -> owners.add(relation.owner()));
    return owners;
  }

  /** Who is not like others, by anything but memberships. */
  private Set<Long> named(
      List<Grant> grants, List<Policy> policies, List<RoleSetting> settings, Snapshot snapshot) {
    Set<Long> named = new HashSet<>();
    grants.forEach(grant -> named.add(grant.grantee()));
    policies.forEach(policy -> named.addAll(policy.roles()));
    settings.forEach(setting -> named.add(setting.role()));
    relations.values().forEach(relation -> named.add(relation.owner()));
    functions.values().forEach(function -> named.add(function.owner()));
    snapshot
        .largeObjects()
        .forEach(object -> named.addAll(List.of(object.owner(), object.grantee())));
    snapshot.catalogGrants().forEach(grant -> named.add(grant.grantee()));
    named.addAll(snapshot.outside().named());
    return named;
  }

  private Map<Long, Role> roles() throws SQLException {
    Map<Long, Role> roles = new LinkedHashMap<>();
    transaction
        .rows(
            """
            select oid::int8, rolname, rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcanlogin,
              rolreplication
            from pg_roles order by rolname""",
            row ->
                new Role(
                    row.getLong(1),
                    row.getString(2),
                    row.getBoolean(3),
                    row.getBoolean(4),
                    row.getBoolean(5),
                    row.getBoolean(6),
                    row.getBoolean(7),
                    row.getBoolean(8)))
        .forEach(role -> roles.put(role.oid(), role));
    return roles;
  }

  private List<Memberships.Grant> memberships(Map<Long, Role> roles, Outside outside)
      throws SQLException {
    String options =
        version >= 160000
            ? "bool_or(m.inherit_option), bool_or(m.set_option)"
            : "bool_or(r.rolinherit), true";
    List<Memberships.Grant> grants = new ArrayList<>();
    for (Role role : roles.values()) {
      if (role.name().equals(Memberships.DATABASE_OWNER)) { // written down nowhere
        grants.add(new Memberships.Grant(role.oid(), outside.databaseOwner(), false, true, true));
      }
    }
    grants.addAll(
        transaction.rows(
            """
        select m.roleid::int8, m.member::int8, bool_or(m.admin_option), %s
        from pg_auth_members m join pg_roles r on r.oid = m.member group by 1, 2 order by 1, 2"""
                .formatted(options),
            row ->
                new Memberships.Grant(
                    row.getLong(1),
                    row.getLong(2),
                    row.getBoolean(3),
                    row.getBoolean(4),
                    row.getBoolean(5))));
    return grants;
  }

  private List<RoleSetting> settings() throws SQLException {
    return transaction.rows(
        """
        select setrole::int8, setdatabase <> 0, split_part(setting, '=', 1),
          substr(setting, strpos(setting, '=') + 1)
        from pg_db_role_setting, unnest(setconfig) setting
        where setdatabase in (0, (select oid from pg_database where datname = current_database()))""",
        row ->
            new RoleSetting(row.getLong(1), row.getBoolean(2), row.getString(3), row.getString(4)));
  }

  private void readSchemas() throws SQLException {
    transaction
        .rows(
            "select n.nspname, n.oid::int8 from pg_namespace n where"
                + NOT_THE_SYSTEMS
                + "order by 1",
            row -> Map.entry(row.getString(1), row.getLong(2)))
        .forEach(schema -> schemas.put(schema.getKey(), schema.getValue()));
    for (String wanted : scope.schemas()) {
      if (!schemas.containsKey(wanted)) {
        throw new IllegalArgumentException("There is no schema " + wanted);
      }
    }
    reportedSchemas.addAll(scope.schemas().isEmpty() ? schemas.keySet() : scope.schemas());
  }

  private void readRelations() throws SQLException {
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
            + NOT_THE_SYSTEMS
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
            + NOT_THE_SYSTEMS
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
                  strings(row.getArray(9)),
                  row.getDouble(10),
                  reportedSchemas.contains(schema) && !row.getBoolean(11),
                  columns.getOrDefault(oid, List.of())));
        });
  }

  private void readFunctions() throws SQLException {
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
            + NOT_THE_SYSTEMS
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
                    strings(row.getArray(9)),
                    row.getString(10),
                    row.getString(11),
                    row.getBoolean(12),
                    row.getString(13),
                    row.getBoolean(14),
                    reportedSchemas.contains(row.getString(2)) && !row.getBoolean(15))));
  }

  private List<Grant> grants() throws SQLException {
    return transaction.rows(
        """
        select c.oid::int8, '', a.grantee::int8, a.privilege_type
        from pg_class c join pg_namespace n on n.oid = c.relnamespace,
          aclexplode(coalesce(c.relacl,
            acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) a
        where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and"""
            + NOT_THE_SYSTEMS
            + """
              union all
              select c.attrelid::int8, c.attname::text, a.grantee::int8, a.privilege_type
              from pg_attribute c, aclexplode(c.attacl) a
              where c.attacl is not null and c.attnum > 0 and not c.attisdropped
              union all
              select p.oid::int8, '', a.grantee::int8, a.privilege_type
              from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
                aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where"""
            + NOT_THE_SYSTEMS
            + """
              union all
              select n.oid::int8, '', a.grantee::int8, a.privilege_type
              from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
              where"""
            + NOT_THE_SYSTEMS,
        row -> new Grant(row.getLong(1), row.getString(2), row.getLong(3), row.getString(4)));
  }

  private List<Policy> policies() throws SQLException {
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
            add(read, policy, relations.get(row.getLong(3)));
          } else {
            add(called, policy, functions.get(row.getLong(3)));
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

  private static <T> void add(Map<Long, Set<T>> sets, long key, @Nullable T value) {
    if (value != null) {
      sets.computeIfAbsent(key, unused -> new LinkedHashSet<>()).add(value);
    }
  }

  private List<Trigger> triggers() throws SQLException {
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
                      columns(table, (Long[]) row.getArray(6).getArray())));
        });
    return triggers;
  }

  /** Of tables: a view's own rule is its definition. */
  private List<RewriteRule> rewriteRules() throws SQLException {
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

  private List<Key> keys() throws SQLException {
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
                      columns(table, (Long[]) row.getArray(3).getArray()),
                      target,
                      columns(target, (Long[]) row.getArray(5).getArray()),
                      row.getString(6).charAt(0),
                      row.getString(7).charAt(0),
                      row.getString(8)));
        });
    return keys;
  }

  private static List<String> columns(Relation table, Long[] numbers) {
    List<String> names = new ArrayList<>();
    for (Long number : numbers) {
      names.add(table.column(number.intValue()).map(Column::name).orElse(""));
    }
    return names;
  }

  /** The first column's operators that answer "equal" or any other question of its family. */
  private Map<Long, List<Index>> indexes() throws SQLException {
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
            + NOT_THE_SYSTEMS
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
                      columns(table, (Long[]) row.getArray(8).getArray()),
                      row.getString(11)));
        });
    return indexes;
  }

  private List<ForeignCode> calledCode() throws SQLException {
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

  private Map<Long, Set<Relation>> sources() throws SQLException {
    Map<Long, Set<Relation>> sources = new HashMap<>();
    transaction.rows(
        """
        select distinct r.ev_class::int8, d.refobjid::int8
        from pg_depend d join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
        where d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class and r.ev_type = '1'
        order by 1, 2""",
        row -> {
          add(sources, row.getLong(1), relations.get(row.getLong(2)));
          return true;
        });
    return sources;
  }

  private Map<Long, String> definitions() throws SQLException {
    Map<Long, String> definitions = new HashMap<>();
    transaction.rows(
        """
        select c.oid::int8, pg_get_viewdef(c.oid) from pg_class c
        join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('v', 'm') and"""
            + NOT_THE_SYSTEMS,
        row -> definitions.put(row.getLong(1), Objects.requireNonNullElse(row.getString(2), "")));
    return definitions;
  }

  private Map<Long, Set<Relation>> bodies() throws SQLException {
    Map<Long, Set<Relation>> bodies = new HashMap<>();
    transaction.rows(
        """
        select distinct objid::int8, refobjid::int8 from pg_depend
        where classid = 'pg_proc'::regclass and refclassid = 'pg_class'::regclass order by 1, 2""",
        row -> {
          add(bodies, row.getLong(1), relations.get(row.getLong(2)));
          return true;
        });
    return bodies;
  }

  private Map<Long, Set<Relation>> parents() throws SQLException {
    Map<Long, Set<Relation>> parents = new HashMap<>();
    transaction.rows(
        "select inhrelid::int8, inhparent::int8 from pg_inherits order by inhrelid, inhseqno",
        row -> {
          add(parents, row.getLong(1), relations.get(row.getLong(2)));
          return true;
        });
    return parents;
  }

  private Map<String, String> parameters() throws SQLException {
    Map<String, String> parameters = new HashMap<>();
    transaction.rows(
        "select lower(name), context from pg_settings",
        row -> parameters.put(row.getString(1), row.getString(2)));
    return parameters;
  }

  /**
   * Of the columns that a policy compares, what the planner keeps; what we may not see is not
   * there.
   */
  private Map<Long, Map<String, List<String>>> samples() throws SQLException {
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
            + NOT_THE_SYSTEMS,
        row -> {
          Array values = row.getArray(3);
          if (values != null) {
            samples
                .computeIfAbsent(row.getLong(1), key -> new HashMap<>())
                .put(row.getString(2), strings(values));
          }
          return true;
        });
    return samples;
  }

  private List<LargeObject> largeObjects() throws SQLException {
    return transaction.rows(
        """
        select m.oid::int8, m.lomowner::int8, a.grantee::int8, a.privilege_type
        from (select * from pg_largeobject_metadata where lomacl is not null order by oid limit 10000) m,
          aclexplode(m.lomacl) a
        where a.grantee <> m.lomowner order by 1""",
        row -> new LargeObject(row.getLong(1), row.getLong(2), row.getLong(3), row.getString(4)));
  }

  private List<CatalogGrant> catalogGrants() throws SQLException {
    return transaction.rows(
        """
        select 'pg_catalog.' || c.relname, '', a.grantee::int8, a.privilege_type
        from pg_class c, aclexplode(c.relacl) a,"""
            + Outside.OTHERS_DATA
            + """
              where c.relnamespace = 'pg_catalog'::regnamespace and c.relname = d.name
                and a.grantee <> c.relowner and a.privilege_type = 'SELECT'
              union all
              select 'pg_catalog.' || c.relname, t.attname, a.grantee::int8, a.privilege_type
              from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a,"""
            + Outside.OTHERS_DATA
            + """
              where c.relnamespace = 'pg_catalog'::regnamespace and c.relname = d.name
                and t.attname ~ ('^(' || d.columns || ')$')
                and a.grantee <> c.relowner and a.privilege_type = 'SELECT'
              union all
              select quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '('
                || pg_get_function_identity_arguments(p.oid) || ')', '',
                x.grantee::int8, x.privilege_type
              from pg_proc p join pg_namespace n on n.oid = p.pronamespace, aclexplode(p.proacl) x
              where x.grantee <> p.proowner
                and (n.nspname = 'pg_catalog' and p.proname
                    in ('pg_read_file', 'pg_read_binary_file', 'lo_import', 'lo_export')
                  or p.proname = 'dblink_connect_u' and exists (select from pg_depend d
                    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'))""",
        row ->
            new CatalogGrant(row.getString(1), row.getString(2), row.getLong(3), row.getString(4)));
  }

  private Set<String> foldingCollations() throws SQLException {
    return new HashSet<>(
        transaction.rows(
            """
            select case when n.nspname = 'pg_catalog' then '' else n.nspname || '.' end || c.collname
            from pg_collation c join pg_namespace n on n.oid = c.collnamespace
            where not c.collisdeterministic""",
            row -> row.getString(1)));
  }

  private Set<Long> schemaMakers() throws SQLException {
    return new HashSet<>(
        transaction.rows(
            """
            select a.grantee::int8
            from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
            where d.datname = current_database() and a.privilege_type = 'CREATE'""",
            row -> row.getLong(1)));
  }

  private boolean isOn(String parameter) throws SQLException {
    return transaction
        .rows("select current_setting(?)", row -> row.getString(1), parameter)
        .contains("on");
  }

  private static List<String> strings(@Nullable Array array) throws SQLException {
    if (array == null) {
      return List.of();
    }
    List<String> strings = new ArrayList<>();
    try (ResultSet rows = array.getResultSet()) {
      while (rows.next()) {
        String value = rows.getString(2);
        if (value != null) {
          strings.add(value);
        }
      }
    }
    return strings;
  }
}
