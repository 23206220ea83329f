package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Index;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Relation.Column;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A unique constraint over all people's rows, on values that mean something: the error tells who
 * else has one.
 */
final class UniqueProbing implements Rule {
  @Override
  public String id() {
    return "unique-probing";
  }

  @Override
  public String manual() {
    return "ddl-rowsecurity.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.guardedTables()) {
      Set<String> owners = InsertForOthers.owners(catalog, table);
      for (Index index : catalog.indexes(table)) {
        if (!index.isUnique() || owners.isEmpty() || isHarmless(table, index, owners)) {
          continue;
        }
        Reach reach = catalog.reach(table, "INSERT", "UPDATE");
        List<Person> blind =
            reach.people().stream().filter(person -> !seesAll(catalog, table, person)).toList();
        if (!blind.isEmpty() && mayWrite(reach, index)) {
          findings.warning(
              table
                  + (index.constraint().isEmpty() ? " index " : " constraint ")
                  + Names.readable(index.name()),
              "%s can learn whether somebody has a row of %s with a certain %s: it must be unique over everybody's, and the error says so."
                  .formatted(Person.names(blind), table, String.join(", ", index.columns())),
              mend(table, index, owners.iterator().next()));
        }
      }
    }
  }

  private static boolean isHarmless(Relation table, Index index, Set<String> owners) {
    return index.columns().stream()
        .anyMatch(
            name ->
                owners.contains(name)
                    || name.isEmpty()
                    || table.column(name).map(Column::isSurrogate).orElse(false));
  }

  private static boolean seesAll(Catalog catalog, Relation table, Person person) {
    return catalog.policies(table, 'r', person).stream()
        .anyMatch(policy -> policy.isPermissive() && AlwaysTrue.isTrue(policy, policy.using()));
  }

  private static boolean mayWrite(Reach reach, Index index) {
    return reach.columns().isEmpty()
        || reach.columns().stream().anyMatch(index.columns()::contains);
  }

  private static String mend(Relation table, Index index, String owner) {
    String columns =
        Stream.concat(Stream.of(owner), index.columns().stream())
            .map(Names::quoted)
            .collect(Collectors.joining(", "));
    String drop =
        index.constraint().isEmpty()
            ? "DROP INDEX %s.%s;"
                .formatted(Names.quoted(table.schema()), Names.quoted(index.name()))
            : "ALTER TABLE %s DROP CONSTRAINT %s;"
                .formatted(table.quoted(), Names.quoted(index.constraint()));
    return "%s\nALTER TABLE %s ADD %s (%s);"
        .formatted(drop, table.quoted(), index.isPrimary() ? "PRIMARY KEY" : "UNIQUE", columns);
  }
}
