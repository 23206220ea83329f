package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;

/** A table whose owner serves people: no policy holds the owner. */
final class OwnerNotForced implements Rule {
  @Override
  public String id() {
    return "owner-not-forced";
  }

  @Override
  public String manual() {
    return "ddl-rowsecurity.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.guardedTables()) {
      for (Person person : catalog.people().all()) {
        if (table.owner() == person.role().oid() && !table.isForced() && !person.role().isAbove()) {
          findings.error(
              table,
              "%s owns %s, so that no policy holds there: they read and write every row."
                  .formatted(person.role().name(), table),
              "ALTER TABLE %s FORCE ROW LEVEL SECURITY;".formatted(table.quoted()));
        }
      }
    }
  }
}
