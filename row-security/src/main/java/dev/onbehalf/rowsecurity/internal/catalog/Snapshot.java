package dev.onbehalf.rowsecurity.internal.catalog;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the questions answered.
 *
 * @param schemas oid by name, the system's left out
 * @param grants on relations, columns, functions, schemas, and the catalogs that hold samples of
 *     rows
 * @param bodies what functions read or write whose body was parsed when they were made
 * @param parents of partitions and of children by inheritance
 * @param sources what views read
 * @param parameters which of the server's parameters are whose to set: {@code context} by name
 * @param calls which functions are called by what
 * @param foldingCollations those that take texts for the same that are not, as a condition names
 *     them
 * @param schemaMakers who may create schemas in this database
 * @param samples columns' values that the planner has kept, by relation and column
 */
public record Snapshot(
    int serverVersion,
    String database,
    Map<Long, Role> roles,
    Memberships memberships,
    List<RoleSetting> settings,
    Map<String, Long> schemas,
    Set<String> reportedSchemas,
    Map<Long, Relation> relations,
    List<Grant> grants,
    List<Policy> policies,
    Map<Long, Function> functions,
    List<Trigger> triggers,
    List<Key> keys,
    Map<Long, List<Index>> indexes,
    List<ForeignCode> calledCode,
    Map<Long, Set<Relation>> sources,
    Map<Long, String> definitions,
    Map<Long, Set<Relation>> bodies,
    Map<Long, Set<Relation>> parents,
    Map<String, String> parameters,
    Map<Long, Map<String, List<String>>> samples,
    List<LargeObject> largeObjects,
    List<CatalogGrant> catalogGrants,
    boolean ignoresLargeObjectRights,
    Outside outside,
    List<RewriteRule> rewriteRules,
    Calls calls,
    Set<String> foldingCollations,
    Set<Long> schemaMakers) {

  /** A large object and one of its grants. */
  public record LargeObject(long oid, long owner, long grantee, String privilege) {}

  /**
   * A grant on one of the system's tables that hold what is in others' rows, or on one of its
   * functions that read and write files or log in as anybody.
   *
   * @param name a table's, or a function's with its arguments; with the schema
   * @param column empty for the whole
   */
  public record CatalogGrant(String name, String column, long grantee, String privilege) {}
}
