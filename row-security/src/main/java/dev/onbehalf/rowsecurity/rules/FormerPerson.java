package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Role;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Rows of somebody who has no role any more: whoever is given the address next gets them. */
final class FormerPerson implements Rule {
  private static final String FORMER = "former: ";

  @Override
  public String id() {
    return "rows-of-former-people";
  }

  @Override
  public String manual() {
    return "sql-droprole.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    Set<String> names = catalog.roles().stream().map(Role::name).collect(Collectors.toSet());
    for (Relation table : catalog.guardedTables()) {
      for (String column : InsertForOthers.owners(catalog, table)) {
        List<String> former =
            catalog
                .snapshot()
                .samples()
                .getOrDefault(table.oid(), Map.of())
                .getOrDefault(column, List.of())
                .stream()
                .filter(
                    value ->
                        value.contains("@") && !value.startsWith(FORMER) && !names.contains(value))
                .distinct()
                .sorted()
                .toList();
        if (!former.isEmpty()) {
          findings.warning(
              table + " column " + Names.readable(column),
              "Whoever is given the address %s next gets the rows of its former owner in %s; only those that the planner's statistics know are named here."
                  .formatted(former.get(0), table),
              former.stream()
                  .map(
                      value ->
                          "UPDATE %s SET %s = %s WHERE %s = %s;"
                              .formatted(
                                  table.quoted(),
                                  Names.quoted(column),
                                  Names.literal(FORMER + value),
                                  Names.quoted(column),
                                  Names.literal(value)))
                  .collect(
                      Collectors.joining("\n", "", "\nANALYZE %s;".formatted(table.quoted()))));
        }
      }
    }
  }
}
