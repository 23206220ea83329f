package dev.onbehalf.rowsecurity.internal.catalog;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is around the schemas' tables, views and functions: the database, who owns schemas, foreign
 * servers, and what of the system's own is opened.
 *
 * @param databaseGrants on the database
 * @param schemaOwners by name
 * @param systemSources which of the server's tables of others' data a view reads, by its oid
 * @param namingPeople tables without Row-Level Security in which the planner has seen the name of
 *     somebody who logs in
 * @param largeObjects one of each owner, by the owner
 */
public record Outside(
    long databaseOwner,
    List<Grant> databaseGrants,
    Map<String, Long> schemaOwners,
    List<Server> servers,
    Map<Long, Set<String>> systemSources,
    Set<Long> namingPeople,
    Map<Long, Long> largeObjects) {

  /**
   * A row of {@code pg_foreign_server}.
   *
   * @param mappings for whom there are user mappings, {@link Role#PUBLIC} for everybody
   * @param grants of USAGE
   */
  public record Server(String name, long owner, Set<Long> mappings, List<Grant> grants) {
    /** For SQL. */
    public String quoted() {
      return "SERVER " + Names.quoted(name);
    }
  }

  static Outside read(ReadOnly transaction) throws SQLException {
    List<Long> owner =
        transaction.rows(
            "select datdba::int8 from pg_database where datname = current_database()",
            row -> row.getLong(1));
    List<Grant> grants =
        transaction.rows(
            """
            select a.grantee::int8, a.privilege_type
            from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
            where d.datname = current_database() and a.grantee <> d.datdba""",
            row -> new Grant(0, "", row.getLong(1), row.getString(2)));
    Map<String, Long> schemaOwners = new HashMap<>();
    transaction.rows(
        "select nspname, nspowner::int8 from pg_namespace",
        row -> schemaOwners.put(row.getString(1), row.getLong(2)));
    return new Outside(
        owner.get(0),
        grants,
        schemaOwners,
        servers(transaction),
        systemSources(transaction),
        namingPeople(transaction),
        largeObjects(transaction));
  }

  private static List<Server> servers(ReadOnly transaction) throws SQLException {
    Map<Long, Set<Long>> mappings = new HashMap<>();
    transaction.rows(
        "select srvid::int8, umuser::int8 from pg_user_mappings",
        row ->
            mappings.computeIfAbsent(row.getLong(1), key -> new HashSet<>()).add(row.getLong(2)));
    Map<Long, List<Grant>> grants = new HashMap<>();
    transaction.rows(
        """
        select s.oid::int8, a.grantee::int8, a.privilege_type
        from pg_foreign_server s, aclexplode(s.srvacl) a where a.grantee <> s.srvowner""",
        row ->
            grants
                .computeIfAbsent(row.getLong(1), key -> new ArrayList<>())
                .add(new Grant(row.getLong(1), "", row.getLong(2), row.getString(3))));
    return transaction.rows(
        "select oid::int8, srvname, srvowner::int8 from pg_foreign_server order by srvname",
        row ->
            new Server(
                row.getString(2),
                row.getLong(3),
                mappings.getOrDefault(row.getLong(1), Set.of()),
                grants.getOrDefault(row.getLong(1), List.of())));
  }

  /** By the view's text: what depends on the system's own tables is not written down. */
  private static Map<Long, Set<String>> systemSources(ReadOnly transaction) throws SQLException {
    Map<Long, Set<String>> sources = new HashMap<>();
    transaction.rows(
        """
        select v.oid::int8, d.name
        from (select c.oid, pg_get_viewdef(c.oid) as text from pg_class c
          join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('v', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema') v
        join"""
            + OTHERS_DATA
            + """
              on v.text ~ ('\\m' || d.name || '\\M') and v.text ~ ('\\m(' || d.columns || ')\\M')
              order by 1, 2""",
        row ->
            sources
                .computeIfAbsent(row.getLong(1), key -> new LinkedHashSet<>())
                .add(row.getString(2)));
    return sources;
  }

  private static Set<Long> namingPeople(ReadOnly transaction) throws SQLException {
    return new HashSet<>(
        transaction.rows(
            """
            select distinct c.oid::int8
            from pg_stats s join pg_namespace n on n.nspname = s.schemaname
            join pg_class c on c.relnamespace = n.oid and c.relname = s.tablename
            join pg_attribute a on a.attrelid = c.oid and a.attname = s.attname,
              unnest(s.most_common_vals::text::text[] || s.histogram_bounds::text::text[]) v
            where a.atttypid in ('text'::regtype, 'varchar'::regtype, 'name'::regtype)
              and not c.relrowsecurity and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
              and s.tablename = any (array( -- or it asks for the rights at each column of the system's
                select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where not c.relrowsecurity and c.relkind in ('r', 'm', 'p', 'f')
                  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'))
              and v::name in (select rolname from pg_roles where rolcanlogin)""",
            row -> row.getLong(1)));
  }

  private static Map<Long, Long> largeObjects(ReadOnly transaction) throws SQLException {
    Map<Long, Long> byOwner = new HashMap<>();
    transaction.rows(
        """
        select lomowner::int8, min(oid)::int8
        from (select lomowner, oid from pg_largeobject_metadata order by oid limit 10000) m group by 1""",
        row -> byOwner.put(row.getLong(1), row.getLong(2)));
    return byOwner;
  }

  /** The server's own tables, and their columns, in which is what others' rows or secrets are. */
  static final String OTHERS_DATA =
      """
       (values ('pg_statistic', 'stavalues[1-5]'), ('pg_statistic_ext_data', 'stxdmcv|stxdexpr'),
         ('pg_largeobject', 'data'), ('pg_authid', 'rolpassword'), ('pg_shadow', 'passwd'),
         ('pg_user_mapping', 'umoptions'), ('pg_subscription', 'subconninfo')) d (name, columns)
      """;

  /** Who owns or is granted something here. */
  Set<Long> named() {
    Set<Long> named = owners();
    databaseGrants.forEach(grant -> named.add(grant.grantee()));
    for (Server server : servers) {
      named.addAll(server.mappings());
      server.grants().forEach(grant -> named.add(grant.grantee()));
    }
    return named;
  }

  Set<Long> owners() {
    Set<Long> owners = new HashSet<>(schemaOwners.values());
    owners.add(databaseOwner);
    owners.addAll(largeObjects.keySet());
    servers.forEach(server -> owners.add(server.owner()));
    return owners;
  }
}
