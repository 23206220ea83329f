package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;

/** The privilege TRIGGER on a table under Row-Level Security. */
final class TriggerGranted implements Rule {
  @Override
  public String id() {
    return "trigger-granted";
  }

  @Override
  public String manual() {
    return "ddl-priv.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.guardedTables()) {
      Reach reach = catalog.reach(table, "TRIGGER");
      if (!reach.isNobody()) {
        findings.error(
            table,
            "%s can put a trigger on %s, which sees what others write, with their rights."
                .formatted(reach.who(), table),
            catalog.revoke(reach, table.quoted()));
      }
    }
  }
}
