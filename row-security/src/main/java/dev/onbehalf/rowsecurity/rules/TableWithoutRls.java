package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;

/**
 * A table that people may read or write, by whatever grant, and that is not under Row-Level
 * Security.
 */
final class TableWithoutRls implements Rule {
  @Override
  public String id() {
    return "table-without-rls";
  }

  @Override
  public String manual() {
    return "ddl-rowsecurity.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.tables()) {
      Reach reach = catalog.reach(table, Privileges.READ_OR_WRITE);
      boolean isOthers = !catalog.policies(table).isEmpty() || isChildOfGuarded(catalog, table);
      if (table.hasRls() || reach.isNobody() || isOthers) {
        continue; // PoliciesWithoutRls and ChildWithoutRls say it better
      }
      String what =
          reach.columns().isEmpty() ? "" : " (" + String.join(", ", reach.columns()) + ")";
      findings.error(
          table,
          "%s can %s every row of %s%s, whoever they belong to: it is not under Row-Level Security."
              .formatted(reach.who(), reach.verbs(), table, what),
          "ALTER TABLE %s ENABLE ROW LEVEL SECURITY; -- then a policy for whom may see what"
              .formatted(table.quoted()));
    }
  }

  static boolean isChildOfGuarded(Catalog catalog, Relation table) {
    return catalog.ancestors(table).stream().anyMatch(Relation::hasRls);
  }
}
