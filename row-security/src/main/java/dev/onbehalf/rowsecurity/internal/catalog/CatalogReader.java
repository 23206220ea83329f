package dev.onbehalf.rowsecurity.internal.catalog;

import dev.onbehalf.rowsecurity.Scope;
import dev.onbehalf.rowsecurity.internal.catalog.Snapshot.CatalogGrant;
import dev.onbehalf.rowsecurity.internal.catalog.Snapshot.LargeObject;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the catalogs, a question for each, and nothing of it twice. All names in the questions are
 * PostgreSQL's own: see {@link ReadOnly}.
 */
public final class CatalogReader {
  private final ReadOnly transaction;
  private final Scope scope;
  private final int version;
  private final Map<String, Long> schemas = new LinkedHashMap<>();
  private final Set<String> reportedSchemas = new LinkedHashSet<>();

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
    TableReader tables = new TableReader(transaction, reportedSchemas);
    CodeReader code = new CodeReader(transaction, tables.relations(), reportedSchemas, version);
    Map<Long, Relation> relations = tables.relations();
    Map<Long, Function> functions = code.functions();
    List<Grant> grants = grants();
    List<Policy> policies = tables.policies(functions);
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
            code.triggers(),
            tables.keys(),
            tables.indexes(),
            code.calledCode(),
            code.sources(),
            code.definitions(),
            code.bodies(),
            tables.parents(),
            parameters(),
            tables.samples(),
            largeObjects(),
            catalogGrants(),
            isOn("lo_compat_privileges"),
            outside,
            code.rewriteRules(),
            Calls.read(transaction, functions),
            foldingCollations(),
            schemaMakers());
    return new Catalog(
        snapshot, People.of(scope, roles, memberships, named(snapshot), owners(snapshot)));
  }

  private static Set<Long> owners(Snapshot snapshot) {
    Set<Long> owners = snapshot.outside().owners();
    snapshot.functions().values().forEach(function -> owners.add(function.owner()));
    snapshot.relations().values().forEach(relation -> owners.add(relation.owner()));
    return owners;
  }

  /** Who is not like others, by anything but memberships. */
  private static Set<Long> named(Snapshot snapshot) {
    Set<Long> named = new HashSet<>();
    snapshot.grants().forEach(grant -> named.add(grant.grantee()));
    snapshot.policies().forEach(policy -> named.addAll(policy.roles()));
    snapshot.settings().forEach(setting -> named.add(setting.role()));
    snapshot.relations().values().forEach(relation -> named.add(relation.owner()));
    snapshot.functions().values().forEach(function -> named.add(function.owner()));
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
                + ReadOnly.NOT_THE_SYSTEMS
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

  private List<Grant> grants() throws SQLException {
    return transaction.rows(
        """
        select c.oid::int8, '', a.grantee::int8, a.privilege_type
        from pg_class c join pg_namespace n on n.oid = c.relnamespace,
          aclexplode(coalesce(c.relacl,
            acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) a
        where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and"""
            + ReadOnly.NOT_THE_SYSTEMS
            + """
              union all
              select c.attrelid::int8, c.attname::text, a.grantee::int8, a.privilege_type
              from pg_attribute c, aclexplode(c.attacl) a
              where c.attacl is not null and c.attnum > 0 and not c.attisdropped
              union all
              select p.oid::int8, '', a.grantee::int8, a.privilege_type
              from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
                aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where"""
            + ReadOnly.NOT_THE_SYSTEMS
            + """
              union all
              select n.oid::int8, '', a.grantee::int8, a.privilege_type
              from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
              where"""
            + ReadOnly.NOT_THE_SYSTEMS,
        row -> new Grant(row.getLong(1), row.getString(2), row.getLong(3), row.getString(4)));
  }

  private Map<String, String> parameters() throws SQLException {
    Map<String, String> parameters = new HashMap<>();
    transaction.rows(
        "select lower(name), context from pg_settings",
        row -> parameters.put(row.getString(1), row.getString(2)));
    return parameters;
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
}
