package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Index;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Relation.Column;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An index that people's queries cannot use: its operators are not leakproof, so the policy is
 * asked first, row by row, and nothing else narrows the search.
 */
final class IndexNotUsed implements Rule {
  @Override
  public String id() {
    return "index-not-leakproof";
  }

  @Override
  public String manual() {
    return "rules-privileges.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.guardedTables()) {
      List<Person> readers = catalog.reach(table, "SELECT").people();
      Set<PolicyWithoutIndex.Searched> searched = new LinkedHashSet<>();
      for (Policy policy : catalog.policies(table)) {
        searched.addAll(PolicyWithoutIndex.searched(policy));
      }
      boolean isNarrowed = searched.stream().anyMatch(s -> s.isIndexed(catalog, table));
      if (table.rows() < PolicyWithoutIndex.LARGE
          || readers.isEmpty()
          || searched.isEmpty()
          || isNarrowed) {
        continue;
      }
      for (Index index : catalog.indexes(table)) {
        Optional<Column> column =
            index.columns().isEmpty() ? Optional.empty() : table.column(index.columns().get(0));
        if (!index.isLeakproof() && column.isPresent()) {
          String name = Names.quoted(column.get().name());
          String first = searched.iterator().next().key(table);
          findings.slow(
              table + " index " + Names.readable(index.name()),
              "The index %s does not help %s: its operators are not leakproof, so every row of %s is first asked whose it is."
                  .formatted(index.name(), Person.names(readers), table),
              "CREATE INDEX ON %s (%s);"
                  .formatted(
                      table.quoted(), index.method().equals("btree") ? first + ", " + name : first),
              table,
              readers.get(0),
              index.method().equals("btree")
                  ? "%s = (SELECT m.%s FROM %s m LIMIT 1)".formatted(name, name, table.quoted())
                  : "");
        }
      }
    }
  }
}
