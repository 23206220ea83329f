package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;

/**
 * A partition, or a child by inheritance, that can be addressed itself: its parent's policies are
 * not its own.
 */
final class ChildWithoutRls implements Rule {
  @Override
  public String id() {
    return "child-without-rls";
  }

  @Override
  public String manual() {
    return "ddl-inherit.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.tables()) {
      Reach reach = catalog.reach(table, Privileges.READ_OR_WRITE);
      boolean isOpen = !table.hasRls() && catalog.policies(table).isEmpty() && !reach.isNobody();
      if (isOpen && TableWithoutRls.isChildOfGuarded(catalog, table)) {
        findings.error(
            table,
            "%s can %s every row of %s by its own name: the policies of %s hold only who asks that one."
                .formatted(
                    reach.who(),
                    reach.verbs(),
                    table,
                    catalog.ancestors(table).stream()
                        .filter(Relation::hasRls)
                        .findFirst()
                        .orElse(table)),
            "ALTER TABLE %s ENABLE ROW LEVEL SECURITY;".formatted(table.quoted()));
      }
    }
  }
}
