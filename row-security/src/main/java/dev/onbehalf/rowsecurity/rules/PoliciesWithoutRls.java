package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;

/** A table whose policies are there, and not in force. */
final class PoliciesWithoutRls implements Rule {
  @Override
  public String id() {
    return "policies-without-rls";
  }

  @Override
  public String manual() {
    return "sql-createpolicy.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.tables()) {
      Reach reach = catalog.reach(table, Privileges.READ_OR_WRITE);
      if (table.hasRls() || catalog.policies(table).isEmpty() || reach.isNobody()) {
        continue;
      }
      findings.error(
          table,
          "%s can %s every row of %s: its policies are not in force, for its Row-Level Security is off."
              .formatted(reach.who(), reach.verbs(), table),
          "ALTER TABLE %s ENABLE ROW LEVEL SECURITY;".formatted(table.quoted()));
    }
  }
}
