package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Grant;
import dev.onbehalf.rowsecurity.internal.catalog.Memberships;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.RoleSetting;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Somebody may create in a schema where others look for names, or owns it. A person's own schema is
 * none of those, as long as no search path but theirs leads there.
 */
final class SchemaCreate implements Rule {
  @Override
  public String id() {
    return "schema-create";
  }

  @Override
  public String manual() {
    return "ddl-schemas.html#DDL-SCHEMAS-PATTERNS";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    Set<String> schemas = new TreeSet<>(catalog.snapshot().reportedSchemas());
    schemas.add("public"); // the default path
    for (RoleSetting setting : catalog.settings()) {
      if (setting.name().equals("search_path")) {
        schemas.addAll(SearchPath.schemas(setting.value()));
      }
    }
    for (String schema : schemas) {
      Reach reach = creators(catalog, schema);
      if (!reach.isNobody() && !isOwn(catalog, schema, reach.people())) {
        findings.warning(
            "schema " + Names.readable(schema),
            "%s can create functions and tables in %s that others then call by name, with their own rights."
                .formatted(reach.who(), schema),
            catalog.revoke(reach, "SCHEMA " + Names.quoted(schema)));
      }
      List<Person> owners =
          catalog.people().all().stream()
              .filter(p -> p.role().oid() == owner(catalog, schema) && !p.role().isSuperuser())
              .toList();
      if (!owners.isEmpty() && !isOwn(catalog, schema, owners)) {
        findings.error(
            "schema " + Names.readable(schema),
            "%s can drop whatever is in %s, and put theirs in its place: they own the schema."
                .formatted(Person.names(owners), schema),
            toAnother(catalog, schema, owners.get(0)));
      }
    }
  }

  private static long owner(Catalog catalog, String schema) {
    return catalog.outside().schemaOwners().getOrDefault(schema, -1L);
  }

  /** Without those who have it as the owner's: they are told of as such. */
  private static Reach creators(Catalog catalog, String schema) {
    long owner = owner(catalog, schema);
    boolean isTold =
        catalog.snapshot().reportedSchemas().contains(schema)
            || catalog.role(owner).name().equals(Memberships.DATABASE_OWNER);
    List<Grant> grants =
        catalog.creators(schema).grants().stream()
            .filter(grant -> !isTold || grant.grantee() != owner)
            .toList();
    return catalog.reach(grants);
  }

  /** Whether it is one person's, and no search path but theirs leads there. */
  static boolean isOwn(Catalog catalog, String schema, List<Person> people) {
    if (people.size() != 1 || people.get(0).count() != 1 || schema.equals("public")) {
      return false;
    }
    Person person = people.get(0);
    boolean isTheirs =
        person.role().name().equals(schema)
            || (person.role().oid() == owner(catalog, schema) && !holdsOthers(catalog, schema));
    return isTheirs && !isOnOthersPath(catalog, schema, person.role().oid());
  }

  private static boolean holdsOthers(Catalog catalog, String schema) {
    long owner = owner(catalog, schema);
    return catalog.reported().stream()
            .anyMatch(r -> r.schema().equals(schema) && r.owner() != owner)
        || catalog.functions().stream()
            .anyMatch(f -> f.schema().equals(schema) && f.owner() != owner);
  }

  private static boolean isOnOthersPath(Catalog catalog, String schema, long person) {
    return catalog.settings().stream()
            .filter(s -> s.name().equals("search_path") && s.role() != person)
            .anyMatch(s -> SearchPath.schemas(s.value()).contains(schema))
        || catalog.functions().stream()
            .filter(f -> f.owner() != person)
            .map(Function::searchPath)
            .anyMatch(path -> SearchPath.schemas(path.orElse("")).contains(schema));
  }

  /** Whoever owns what is in it, if that is nobody of these people; else a new role. */
  private static String toAnother(Catalog catalog, String schema, Person owner) {
    String quoted = Names.quoted(schema);
    String usage = "GRANT USAGE ON SCHEMA %s TO %s;".formatted(quoted, owner.role().quoted());
    for (Relation relation : catalog.reported()) {
      boolean isOfNobody =
          catalog.people().all().stream().noneMatch(p -> p.reaches().contains(relation.owner()));
      if (relation.schema().equals(schema) && isOfNobody) {
        return "ALTER SCHEMA %s OWNER TO %s;\n%s"
            .formatted(quoted, catalog.grantee(relation.owner()), usage);
      }
    }
    String nobody = Names.quoted(Names.with(schema, " owner"));
    return "CREATE ROLE %1$s NOLOGIN;\nALTER SCHEMA %2$s OWNER TO %1$s;\n%3$s"
        .formatted(nobody, quoted, usage);
  }
}
