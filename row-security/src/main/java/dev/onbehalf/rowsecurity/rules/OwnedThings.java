package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What a role owns of that which findings may be about, the gravest first. */
final class OwnedThings {
  private final long owner;
  private final List<Relation> guarded = new ArrayList<>();
  private final List<String> schemas = new ArrayList<>();
  private final List<String> can = new ArrayList<>();

  private OwnedThings(long owner) {
    this.owner = owner;
  }

  /** By owner, in the order in which they are met. */
  static Map<Long, OwnedThings> byOwner(Catalog catalog) {
    Map<Long, OwnedThings> all = new LinkedHashMap<>();
    for (Relation table : catalog.guardedTables()) {
      OwnedThings things = of(all, table.owner());
      things.guarded.add(table);
      things.can.add("read and write every row of %s, and take its policies away".formatted(table));
    }
    for (Relation relation : catalog.reported()) {
      if (!relation.hasRls() && relation.kind() != 'S') {
        of(all, relation.owner())
            .can
            .add(
                relation.isTable()
                    ? "read and write every row of %s, and open it to anybody".formatted(relation)
                    : "make of %s what they like, for whoever reads it".formatted(relation));
      }
    }
    for (Function function : catalog.functions()) {
      if (function.reported()) {
        of(all, function.owner()).can.add("rewrite %s for whoever calls it".formatted(function));
      }
    }
    catalog
        .outside()
        .largeObjects()
        .forEach(
            (owner, oid) ->
                of(all, owner).can.add("read and write the large object %s".formatted(oid)));
    for (String schema : new TreeSet<>(catalog.snapshot().reportedSchemas())) {
      OwnedThings things = of(all, catalog.outside().schemaOwners().getOrDefault(schema, -1L));
      things.schemas.add(schema);
      things.can.add(
          "drop whatever is in the schema %s, and put theirs in its place"
              .formatted(Names.readable(schema)));
    }
    for (Relation sequence : catalog.reported()) {
      if (sequence.kind() == 'S') {
        of(all, sequence.owner()).can.add("set %s back".formatted(sequence));
      }
    }
    return all;
  }

  private static OwnedThings of(Map<Long, OwnedThings> all, long owner) {
    return all.computeIfAbsent(owner, OwnedThings::new);
  }

  /** The gravest thing that whoever has the owner's rights can do. */
  String gravest() {
    return can.get(0) + (can.size() == 1 ? "" : ", and so on with all that it owns");
  }

  /** Takes the owner's rights from people, and leaves them the others. */
  String mend(Catalog catalog, List<Person> people) {
    boolean isTheirGroup =
        catalog.people().groups().contains(owner)
            || people.stream().anyMatch(p -> p.count() > 1 && isDirect(catalog, p));
    return isTheirGroup ? toNobody(catalog) : Chains.cut(catalog, people, owner);
  }

  private boolean isDirect(Catalog catalog, Person person) {
    return catalog.memberships().firstSteps(person.role().oid(), owner).contains(owner);
  }

  /** Out of the group people would lose what they are in it for: what it owns goes elsewhere. */
  private String toNobody(Catalog catalog) {
    String group = catalog.grantee(owner);
    String nobody = Names.quoted(Names.with(catalog.role(owner).name(), " owner"));
    List<String> statements =
        new ArrayList<>(
            List.of(
                "CREATE ROLE %s NOLOGIN;".formatted(nobody),
                "REASSIGN OWNED BY %s TO %s; -- all of this database".formatted(group, nobody)));
    for (String schema : schemas) {
      statements.add("GRANT USAGE ON SCHEMA %s TO %s;".formatted(Names.quoted(schema), group));
    }
    for (Relation table : guarded) {
      statements.add(
          "GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %s;".formatted(table.quoted(), group));
    }
    statements.add("-- then what else people need of it, and policies first where none are");
    return String.join("\n", statements);
  }
}
